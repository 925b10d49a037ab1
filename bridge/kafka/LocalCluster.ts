/**
 * A real Kafka on this machine: one or three brokers of their own processes, on loopback, in a temporary folder. What
 * is done to them here (kill, freeze, …) is real. Nothing of it is left when it stops, or when this process ends; after
 * a kill of this process the next start cleans up (`clusterFolder.ts`).
 */
import { join } from 'node:path';
import type { BrokerEndpoint } from '../kafkajs/topics.ts';
import { LinkProxies } from '../proxy/LinkProxies.ts';
import { appCdsArchive } from './appCds.ts';
import { BrokerProcess, type BrokerProcessState } from './BrokerProcess.ts';
import { ClusterFolder, removeAbandonedClusters } from './clusterFolder.ts';
import { fullIsr, preferredLeaders, registered } from './clusterState.ts';
import { freePorts } from './freePorts.ts';
import { installKafka, KAFKA_VERSION, usesLog4j2, type KafkaInstallation, type Progress } from './install.ts';
import { newKafkaId, writeNodeFiles, type NodePorts } from './nodeFiles.ts';

export interface LocalClusterOptions {
  /** 3 unless told: a single broker has nobody to fail over to. */
  readonly nodes?: 1 | 3;
  readonly version?: string;
  /** node.id of the first, 0 unless told; here they are named by their places, from 0, all the same. */
  readonly firstId?: number;
  /** More of Kafka's own settings for every node; they win over ours. */
  readonly properties?: Readonly<Record<string, string>>;
  /** A proxy stands before each broker's client listener, so that something can be done to the way there. */
  readonly hasProxies?: boolean;
  /** More listeners for clients on every node: name and security protocol; `properties` say the rest of them. */
  readonly moreListeners?: Readonly<Record<string, 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL'>>;
  /** A line for each step that takes time. */
  readonly progress?: Progress;
  readonly onMoved?: (node: number, state: BrokerProcessState) => void;
  /** A request or answer that was to be lost is lost: see `LinkProxies`. */
  readonly onStruck?: (fault: number) => void;
}

interface Environment {
  readonly installation: KafkaInstallation;
  readonly jvmOptions: readonly string[];
}

const HOST = '127.0.0.1';
/** Clients, replication, controller, proxy. */
const PORTS_PER_NODE = 4;
const START_LIMIT_MS = 120_000;
const TERMINATE_LIMIT_MS = 30_000;
/** Writing 50 MB of classes takes seconds, on a busy machine many. */
const ARCHIVE_LIMIT_MS = 300_000;
/** Another process may have taken a port since it was found free. */
const START_TRIES = 3;
const JVM_OPTIONS = ['-Xmx192m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto'];

export class LocalCluster {
  readonly version: string;
  readonly brokers: readonly BrokerProcess[];
  /** The brokers' own listeners for clients, by node; a proxy connects here. */
  readonly clientPorts: readonly number[];
  /** null: clients go to the brokers themselves. */
  proxies: LinkProxies | null = null;
  private readonly ports: readonly NodePorts[];
  private readonly options: LocalClusterOptions;
  private readonly folder: ClusterFolder;
  private readonly onExit = (): void => this.folder.remove();

  private constructor(environment: Environment, ports: readonly NodePorts[], options: LocalClusterOptions) {
    const { installation } = environment;
    this.version = installation.version;
    this.clientPorts = ports.map(({ client }) => client);
    this.ports = ports;
    this.options = options;
    this.folder = new ClusterFolder();
    // Also when somebody calls process.exit in the middle of a start.
    process.on('exit', this.onExit);
    const clusterId = newKafkaId();
    this.brokers = ports.map(({ client, proxy }, node) => {
      const folder = join(this.folder.path, String(node));
      writeNodeFiles(folder, {
        node,
        firstId: options.firstId ?? 0,
        ports,
        advertisedPort: options.hasProxies === true ? proxy : client,
        clusterId,
        bootstrapCheckpoint: installation.bootstrapCheckpoint,
        usesLog4j2: usesLog4j2(installation.version),
        moreListeners: options.moreListeners ?? {},
        properties: options.properties ?? {},
      });
      return new BrokerProcess({
        node,
        installation,
        clusterFolder: this.folder,
        folder,
        jvmOptions: environment.jvmOptions,
        onMoved: (moved, state) => options.onMoved?.(moved, state),
      });
    });
  }

  /**
   * Installs what is missing, cleans up after owners that were killed, starts the brokers and waits until all know all.
   * @throws Trouble with a sentence (Java, Maven, network); Error with a broker's last log lines.
   */
  static async start(options: LocalClusterOptions = {}): Promise<LocalCluster> {
    const { version = KAFKA_VERSION, nodes = 3, progress = () => {} } = options;
    const removed = removeAbandonedClusters();
    if (removed > 0)
      progress(`cleaned up after ${removed} cluster${removed > 1 ? 's' : ''} whose owner is gone`);
    const installation = await installKafka(version, progress);
    const archive = await appCdsArchive(installation, progress, async (extra, warmUp) => {
      const cluster = await LocalCluster.startNodes(
        { installation, jvmOptions: [...JVM_OPTIONS, ...extra] },
        1,
        {},
      );
      try {
        await warmUp(cluster.clientPorts[0] ?? 0);
        // The archive is written at an orderly end only.
        await cluster.broker(0).terminate(ARCHIVE_LIMIT_MS);
      } finally {
        await cluster.stop();
      }
    });
    const sharing = archive === null ? [] : [`-XX:SharedArchiveFile=${archive}`];
    const start = performance.now();
    const cluster = await LocalCluster.startNodes(
      { installation, jvmOptions: [...JVM_OPTIONS, ...sharing] },
      nodes,
      options,
    );
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    progress(`${nodes === 1 ? 'one broker' : 'three brokers'} of Kafka ${version} run (${seconds} s)`);
    return cluster;
  }

  private static async startNodes(
    environment: Environment,
    nodes: number,
    options: LocalClusterOptions,
  ): Promise<LocalCluster> {
    for (let tries = 1; ; tries++) {
      const ports = await portsFor(nodes, Object.keys(options.moreListeners ?? {}));
      const cluster = new LocalCluster(environment, ports, options);
      try {
        await cluster.begin();
        return cluster;
      } catch (error) {
        await cluster.stop();
        const isPortTaken =
          error instanceof Error && /BindException|Address already in use|EADDRINUSE/.test(error.message);
        if (!isPortTaken || tries === START_TRIES) throw error;
      }
    }
  }

  /** What clients begin with, by node. */
  get endpoints(): readonly BrokerEndpoint[] {
    const { hasProxies } = this.options;
    return this.ports.map(({ client, proxy }) => ({
      host: HOST,
      port: hasProxies === true ? proxy : client,
    }));
  }

  /** The same, as `host:port,host:port`. */
  get bootstrapServers(): string {
    return this.endpoints.map(({ host, port }) => `${host}:${port}`).join(',');
  }

  /** The brokers' way among themselves: what is done to a link does not touch who looks from here. */
  get innerEndpoints(): readonly BrokerEndpoint[] {
    return this.ports.map(({ replication }) => ({ host: HOST, port: replication }));
  }

  /** Where one of `moreListeners` is on the nodes. */
  morePorts(listener: string): readonly number[] {
    return this.ports.map(({ more }) => {
      const port = more[listener];
      if (port === undefined) throw new RangeError(`there is no listener ${listener}`);
      return port;
    });
  }

  /** Everything of this cluster is in here. */
  get path(): string {
    return this.folder.path;
  }

  broker(node: number): BrokerProcess {
    const broker = this.brokers[node];
    if (broker === undefined) throw new RangeError(`there is no broker ${node}`);
    return broker;
  }

  /** SIGKILL. The others notice when `broker.session.timeout.ms` are over. */
  async kill(node: number): Promise<void> {
    await this.broker(node).kill();
  }

  freeze(node: number): void {
    this.broker(node).freeze();
  }

  thaw(node: number): void {
    this.broker(node).thaw();
  }

  /** SIGTERM: a controlled shutdown, which moves the leaders away first. */
  async terminate(node: number): Promise<void> {
    await this.broker(node).terminate(TERMINATE_LIMIT_MS);
  }

  /** Starts a broker that is down and lets a frozen one go on. Resolves when it has started. */
  async restart(node: number): Promise<void> {
    const broker = this.broker(node);
    if (broker.state === 'frozen') return broker.thaw();
    if (broker.state !== 'down') return;
    broker.start();
    await broker.untilStarted(START_LIMIT_MS);
  }

  /** Every broker is known and every partition has all its replicas in the ISR. Wait for it between two failures. */
  async untilIsrFull(limitMs: number = START_LIMIT_MS): Promise<void> {
    await fullIsr(this.upPorts(), this.brokers.length, limitMs);
  }

  /** Leaders go home by themselves only after minutes. Wait for the full ISR first. */
  async electPreferredLeaders(): Promise<void> {
    await preferredLeaders(this.upPorts(), START_LIMIT_MS);
  }

  /** Ends everything and deletes the folder. No orderly shutdown: that needs a quorum, and the data goes anyway. */
  async stop(): Promise<void> {
    process.off('exit', this.onExit);
    await Promise.all([this.proxies?.stop(), ...this.brokers.map((broker) => broker.kill())]);
    this.folder.remove();
  }

  private async begin(): Promise<void> {
    for (const broker of this.brokers) broker.start();
    await Promise.all([
      this.startProxies(),
      ...this.brokers.map((broker) => broker.untilStarted(START_LIMIT_MS)),
    ]);
    await registered(this.clientPorts, this.brokers.length, START_LIMIT_MS);
  }

  private async startProxies(): Promise<void> {
    const { hasProxies, onStruck } = this.options;
    if (hasProxies !== true) return;
    this.proxies = await LinkProxies.start({
      links: this.ports.map(({ proxy, client }, node) => ({ node, listenPort: proxy, targetPort: client })),
      onStarted: (pid) => void this.folder.addChild(pid),
      ...(onStruck === undefined ? {} : { onStruck }),
      // Without them no client reaches a broker. The new ones know nothing of a cut or a delay.
      onLost: () => void this.startProxies().catch(() => {}),
    });
  }

  private upPorts(): readonly number[] {
    return this.clientPorts.filter((_, node) => this.brokers[node]?.state === 'up');
  }
}

/** All different, and free a moment ago. */
async function portsFor(nodes: number, moreListeners: readonly string[]): Promise<readonly NodePorts[]> {
  const perNode = PORTS_PER_NODE + moreListeners.length;
  const found = await freePorts(nodes * perNode);
  return Array.from({ length: nodes }, (_, node): NodePorts => {
    const [client = 0, replication = 0, controller = 0, proxy = 0, ...others] = found.slice(node * perNode);
    const more = Object.fromEntries(moreListeners.map((name, i) => [name, others[i] ?? 0]));
    return { client, replication, controller, proxy, more };
  });
}
