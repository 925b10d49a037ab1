/**
 * For tests that end the owner of a cluster: starts one broker, prints where it is, and stays. SIGTERM ends it as
 * Ctrl-C ends the bridge, SIGKILL without a chance to clean up.
 */
import { LocalCluster } from '../kafka/LocalCluster.ts';

// First of all: whoever reads the line may be quick.
process.once('SIGTERM', () => process.exit(0));
const cluster = await LocalCluster.start({ nodes: 1 });
process.stdout.write(`${JSON.stringify({ path: cluster.path, pid: cluster.broker(0).pid })}\n`);
setInterval(() => {}, 60_000);
