// npm start: installs what is missing, builds what is stale, serves the page and the bridge from one process.
import './nodeVersion.mjs';

const { door, say } = await import('./say.mjs');
const { buildPage, installPackages, root } = await import('./setUp.mjs');

const HELP = `npm start [-- OPTIONS]     the page and the bridge, on 127.0.0.1
npm run dev [-- OPTIONS]   the same with hot reload

  --port N        the port to try first (4317); a busy one means the next free one
  --simulated     live mode without a cluster: the engine on the wall clock against the simulated cluster
  --kafka         live mode on three real brokers that are started here (needs Java 17 and Maven the first time);
                  without this option a button on the page starts them
  --brokers A,B   live mode on a cluster that runs: host:port,host:port (Kafka 2.4 or later)
  --config FILE   how to get into it: Kafka's own client properties (security.protocol, sasl.…, ssl.…)
  --client NAME   whose producer: linger (the engine of the page), or kafkajs, which is shown as it is
  --topic A,B     the topic to produce to (orders), and others that a transaction may write to; created when missing,
                  with --partitions N (6), --replication-factor N, --min-insync-replicas N
  --share ADDRESS other machines may look but not touch: on this address of this machine they get the page and, with
                  the link that your page shows under Share, the live run, its settings and what is in its records,
                  unencrypted; --max-viewers N (50)
  --max-records-per-second N (50000), --max-bytes-per-second N (50000000)
                  what the page may ask of the workload at most
  --help          this text`;

await door(async () => {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    say(HELP);
    return;
  }
  await installPackages();
  if (!args.includes('--dev')) await buildPage();
  const { register } = await import('tsx/esm/api');
  register();
  const { main } = await import('../main.ts');
  await main(args, root);
});
