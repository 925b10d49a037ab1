// npm test: sets itself up, runs everything, and says at the end what ran and what did not and why.
import './nodeVersion.mjs';

const { door, say, step, Trouble } = await import('./say.mjs');
const { buildPage, installPackages, root } = await import('./setUp.mjs');
const { lastLines, run } = await import('./run.mjs');
const { findChromium, findFirefox, findJava, readPlaywrightReport, readVitestReport } =
  await import('./machine.mjs');
const { mkdirSync, rmSync } = await import('node:fs');
const { join } = await import('node:path');

const strict = process.env.CI === 'true';
const reports = join(root, 'node_modules', '.cache', 'linger', 'reports');
const total = { passed: 0, failed: 0 };
const ran = [];
const missing = [];

/** Runs one check of the package's scripts; it counts as one test. */
async function check(name, script) {
  await step(name, async () => {
    const result = await run('npm', ['run', '--silent', script], { cwd: root });
    count(name, result.code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });
    if (result.code !== 0) return `FAILED\n${lastLines(result.output, 60)}\n `;
  });
}

/** Runs a test runner that leaves a report, and adds up what the report counts. */
async function runner(name, args, env, read) {
  const report = join(reports, `${name.replaceAll(/[^a-z]+/gi, '-')}.json`);
  rmSync(report, { force: true });
  await step(name, async () => {
    const result = await run('npx', ['--no-install', ...args(report)], {
      cwd: root,
      env: { ...env, FORCE_COLOR: '0' },
    });
    const counts = read(report);
    if (result.code !== 0 && counts.failed === 0) counts.failed = 1;
    count(name, counts);
    const words = `${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`;
    if (counts.skipped > 0) lack(`${counts.skipped} of ${name}`, 'they skip themselves');
    return counts.failed > 0 ? `${words}\n${lastLines(result.output, 120)}\n ` : words;
  });
}

function count(name, { passed, failed }) {
  total.passed += passed;
  total.failed += failed;
  ran.push(`${name}: ${passed} passed, ${failed} failed`);
}

/** Not run, and why. With CI=true that is a failure: a green run must mean everything. */
function lack(name, why) {
  missing.push(`${name}: ${why}`);
  if (strict) total.failed += 1;
}

/** The modes of bridge/vitest.config.ts. */
const vitest = (mode) => (report) =>
  `vitest run --config bridge/vitest.config.ts --mode ${mode} --reporter=default --reporter=json`
    .split(' ')
    .concat(`--outputFile.json=${report}`);

/** Builds the oracle and proves that every golden trace is what the real client prints. */
async function oracle() {
  const java = await findJava();
  if (java.missing !== undefined) return lack('oracle', java.missing);
  const folder = join(root, 'shared', 'conformance');
  await step('oracle: the real client prints the golden traces', async () => {
    const build = await run('mvn', ['-q', '-B', '-f', join(folder, 'oracle', 'pom.xml'), 'package'], {
      cwd: root,
    });
    if (build.code !== 0) {
      count('oracle', { passed: 0, failed: 1 });
      return `could not be built\n${lastLines(build.output)}`;
    }
    const jar = join(folder, 'oracle', 'target', 'linger-oracle.jar');
    const result = await run('bash', ['-c', `java -jar "${jar}" --check traces cases/*.json`], {
      cwd: folder,
    });
    const [, equal = '0', all = '0'] = /(\d+) of (\d+) traces as stored/.exec(result.output) ?? [];
    const failed =
      result.code === 0 && equal === all && all !== '0' ? 0 : Math.max(1, Number(all) - Number(equal));
    count('oracle', { passed: Number(equal), failed });
    return failed === 0 ? `${equal} traces as stored` : `FAILED\n${lastLines(result.output)}`;
  });
}

async function browsers() {
  let chromium;
  await step('find the browsers', async () => {
    chromium = await findChromium();
    return chromium.name ?? chromium.missing;
  });
  const args = (project) => () => [
    'playwright',
    'test',
    '-c',
    'e2e/playwright.config.ts',
    `--project=${project}`,
  ];
  const env = (report, browser) => ({
    PLAYWRIGHT_JSON_OUTPUT_NAME: report,
    ...(browser.executablePath === null ? {} : { LINGER_BROWSER: browser.executablePath }),
  });
  const report = (name) => join(reports, `${name}.json`);
  if (chromium.missing !== undefined) lack('browser tests', chromium.missing);
  else
    await runner(
      'browser tests (Chromium)',
      args('chromium'),
      env(report('browser-tests-Chromium-'), chromium),
      readPlaywrightReport,
    );
  const firefox = await findFirefox();
  if (firefox.missing !== undefined) missing.push(`browser tests in Firefox: ${firefox.missing}`);
  else
    await runner(
      'browser tests (Firefox)',
      args('firefox'),
      env(report('browser-tests-Firefox-'), firefox),
      readPlaywrightReport,
    );
}

await door(async () => {
  await installPackages();
  mkdirSync(reports, { recursive: true });
  await check('format', 'format');
  await check('lint', 'lint');
  await check('types', 'typecheck');
  await runner('unit, laws, conformance', vitest('test'), {}, readVitestReport);
  await oracle();
  await runner('real brokers', vitest('live'), {}, readVitestReport);
  await buildPage();
  await browsers();
  say('\nRan:');
  for (const line of ran) say(`  ${line}`);
  if (missing.length > 0) {
    say('Did not run:');
    for (const line of missing) say(`  ${line}`);
  }
  if (total.failed > 0) process.exitCode = 1;
  say(`\n${total.passed} passed, ${total.failed} failed`);
}).catch((error) => {
  if (error instanceof Trouble) return;
  throw error;
});
