// What else the tests need on the machine: browsers, Java, Maven. Found, or installed where that is possible.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { exists, run } from './run.mjs';
import { root } from './setUp.mjs';

const CHROMIUM_COMMANDS = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
];
const MAC_BROWSERS = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
];

/**
 * A Chromium to test in, or why there is none: Playwright's own where it is or can be installed, else one on the
 * machine, else on Debian as root the package. {executablePath: null} stands for Playwright's own.
 */
export async function findChromium() {
  const { chromium } = createRequire(join(root, 'package.json'))('@playwright/test');
  const hasOwn = () => existsSync(chromium.executablePath());
  if (!hasOwn() && process.env.LINGER_BROWSER_DOWNLOAD !== 'off') {
    const playwright = join(root, 'node_modules', '@playwright', 'test', 'cli.js');
    await run(process.execPath, [playwright, 'install', 'chromium'], { cwd: root, timeoutMs: 240_000 });
  }
  if (hasOwn() && (await starts(chromium.executablePath())))
    return { executablePath: null, name: "Playwright's Chromium" };
  const found = await onMachine(CHROMIUM_COMMANDS, MAC_BROWSERS);
  if (found !== null) return { executablePath: found, name: found };
  if (await installDebian(['chromium'])) {
    const installed = await onMachine(['chromium'], []);
    if (installed !== null) return { executablePath: installed, name: installed };
  }
  return {
    missing:
      'no Chromium, Chrome or Edge was found: install one of them (on Debian: apt-get install chromium)',
  };
}

/** A Firefox on the machine, or why there is none. It is never installed for the tests. */
export async function findFirefox() {
  const found = await onMachine(
    ['firefox', 'firefox-esr'],
    ['/Applications/Firefox.app/Contents/MacOS/firefox'],
  );
  return found === null ? { missing: 'Firefox is not installed' } : { executablePath: found, name: found };
}

/** Java 17 or later and Maven, which build the oracle; on Debian as root they are installed. */
export async function findJava() {
  const complete = async () => (await javaVersion()) >= 17 && (await exists('mvn'));
  if (await complete()) return { name: `Java ${await javaVersion()}` };
  if ((await installDebian(['openjdk-17-jdk-headless', 'maven'])) && (await complete())) {
    return { name: `Java ${await javaVersion()}` };
  }
  return {
    missing:
      'Java 17 or later with Maven was not found: install a JDK and Maven (on Debian: apt-get install openjdk-17-jdk-headless maven)',
  };
}

export async function javaVersion() {
  const { code, output } = await run('java', ['-version'], { timeoutMs: 20_000 });
  return code === 0 ? Number(/version "(\d+)/.exec(output)?.[1] ?? 0) : 0;
}

async function onMachine(commands, paths) {
  for (const path of paths) if (existsSync(path)) return path;
  for (const command of commands) {
    const { code, output } = await run('which', [command]);
    if (code === 0 && output.trim() !== '') return output.trim();
  }
  return null;
}

/** A downloaded browser may lack system libraries: it counts only when it starts. */
async function starts(path) {
  return (
    (await run(path, ['--headless', '--no-sandbox', '--disable-gpu', '--version'], { timeoutMs: 30_000 }))
      .code === 0
  );
}

async function installDebian(packages) {
  const isDebian = existsSync('/etc/debian_version') && (await exists('apt-get'));
  if (!isDebian || process.getuid?.() !== 0) return false;
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-q'], { env, timeoutMs: 300_000 });
  return (await run('apt-get', ['install', '-y', '-q', ...packages], { env, timeoutMs: 900_000 })).code === 0;
}

/** The counts of a vitest JSON report; a missing or broken one counts as one failure. */
export function readVitestReport(file) {
  const report = readJson(file);
  if (report === null) return { passed: 0, failed: 1, skipped: 0 };
  // A file that cannot be loaded has no tests to fail: it counts itself.
  const broken = report.testResults.filter(
    (one) => one.status === 'failed' && one.assertionResults.length === 0,
  ).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

export function readPlaywrightReport(file) {
  const report = readJson(file);
  if (report === null) return { passed: 0, failed: 1, skipped: 0 };
  const { expected, unexpected, flaky, skipped } = report.stats;
  return { passed: expected + flaky, failed: unexpected + report.errors.length, skipped };
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
