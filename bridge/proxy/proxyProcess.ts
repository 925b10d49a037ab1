/**
 * The process of the proxies: one listener before each broker of a local cluster. It obeys the bridge that has started
 * it, and ends with it, however that ends.
 */
import { Link } from './Link.ts';
import type { LinkSpec, Lost, ProxyOrder, ProxyReport } from './messages.ts';

interface Loss {
  readonly what: Lost;
  readonly node: number | null;
  readonly fault: number;
}

const report = (message: ProxyReport): void => void process.send?.(message);

let losses: readonly Loss[] = [];

function strikes(what: Lost, node: number): boolean {
  const loss = losses.find((one) => one.what === what && (one.node === null || one.node === node));
  if (loss === undefined) return false;
  losses = losses.filter((one) => one !== loss);
  report({ kind: 'struck', fault: loss.fault });
  return true;
}

const specs = JSON.parse(process.argv[2] ?? '[]') as readonly LinkSpec[];
const links = specs.map((spec) => new Link(spec, strikes));

process.on('disconnect', () => process.exit(0));
process.on('message', (order: ProxyOrder) => {
  if (order.do === 'lose') losses = [...losses, order];
  else for (const link of links) if (link.node === order.node) link.state = order.state;
  report({ kind: 'obeyed' });
});

try {
  await Promise.all(links.map((link) => link.listen()));
  report({ kind: 'listening' });
} catch (error) {
  report({ kind: 'failed', why: error instanceof Error ? error.message : String(error) });
}
