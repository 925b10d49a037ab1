/** "kafkajs as it is": which settings kafkajs's own producer has, what is known of it, and what a run with it begins with. */
import type { EventType } from '#events/catalogue';
import { SETTINGS } from '#engine/ProducerConfig';
import type { ApplicationSpec, CommandBody } from '#model/Scenario';
import { LEDGER_HEADER_BYTES } from '../../RecordContents.ts';

/** What kafkajs's own defaults are, under Kafka's names. */
export const KAFKAJS_SETTINGS: Readonly<Record<string, string>> = {
  'enable.idempotence': 'false',
  retries: '5',
  'retry.backoff.ms': '300',
  'retry.backoff.max.ms': '30000',
};

const HONOURED = new Set([
  ...Object.keys(KAFKAJS_SETTINGS),
  'acks',
  'bootstrap.servers',
  'client.id',
  'compression.type',
  // By the application, which gathers for so long.
  'linger.ms',
  'metadata.max.age.ms',
  'request.timeout.ms',
  'socket.connection.setup.timeout.ms',
]);

export const isHonoured = (setting: string): boolean => HONOURED.has(setting);

const NO_ACCUMULATOR =
  'kafkajs has no accumulator: what the application gathers in linger.ms goes out with one send().';
const NO_TRANSACTIONS = 'kafkajs as it is shows send() alone: transactions are with the client linger.';
const NO_NUMBERS =
  'kafkajs does not say which record is where: each is known again by its header, which has to stay as it is.';
const BECAUSE: Readonly<Record<string, string>> = {
  'batch.size': NO_ACCUMULATOR,
  'buffer.memory': 'kafkajs has no limit for the memory of what waits in it.',
  'max.block.ms': 'A send() of kafkajs never blocks: it gives a promise.',
  'delivery.timeout.ms': 'kafkajs gives up by the number of retries, not by a time.',
  'max.in.flight.requests.per.connection':
    'kafkajs as it is has no limit; with enable.idempotence it sends one request at a time to a broker.',
  'partitioner.class': "kafkajs has a partitioner of its own: the key's murmur2, else round robin.",
  'transactional.id': NO_TRANSACTIONS,
};
const UNKNOWN_SETTING = "kafkajs's producer has no such setting.";

/** By the name that the setting has on the page. */
export function exhibitRefusals(): readonly (readonly [string, string])[] {
  const settings = SETTINGS.filter(({ key }) => !isHonoured(key)).map(
    ({ key }) => [key, BECAUSE[key] ?? UNKNOWN_SETTING] as const,
  );
  return [...settings, ['headerBytes', NO_NUMBERS], ['send=transaction-loop', NO_TRANSACTIONS]];
}

/** Why the exhibit cannot have it; null: it can. */
export function exhibitSentence(applications: readonly Partial<ApplicationSpec>[]): string | null {
  for (const { pattern, producer = {}, workload } of applications) {
    if (pattern === 'transaction-loop') return NO_TRANSACTIONS;
    const unknown = Object.keys(producer).find((key) => !isHonoured(key));
    if (unknown !== undefined) return `${unknown}: ${BECAUSE[unknown] ?? UNKNOWN_SETTING}`;
    if ((workload?.headerBytes ?? LEDGER_HEADER_BYTES) < LEDGER_HEADER_BYTES) return NO_NUMBERS;
  }
  return null;
}

/** The same of a command. */
export function exhibitCommandSentence(command: CommandBody): string | null {
  if (command.do === 'producer.replace') return exhibitSentence([{ producer: command.producer }]);
  if (command.do !== 'workload.set') return null;
  const { headerBytes = LEDGER_HEADER_BYTES } = command.workload;
  return headerBytes < LEDGER_HEADER_BYTES ? NO_NUMBERS : null;
}

export const exhibitCan = (command: CommandBody['do']): boolean => !command.startsWith('transaction.');

/** Of kafkajs's own making: its partitioner is asked, and its requests are read on their way. */
const DERIVED: readonly EventType[] = [
  'batch.created',
  'record.appended',
  'batch.closed',
  'batch.requeued',
  'node.drained',
];
/** What it has none of, or does not say. */
const ABSENT =
  /^(record\.(timestamped|intercepted)|callbacks\.ran|batch\.(ready|split|freed)|ratio\.|node\.(?!drained)|drain\.|partition\.(un)?muted|sticky\.|buffer\.|request\.asked|metadata\.|leader\.hinted|producerId\.|epoch\.|sequence\.|transaction\.)/;

/** How an event is known with kafkajs in the engine's place; null: it is not. `other`: what it would be with the engine. */
export const exhibitProvenance = (
  type: EventType,
  other: 'measured' | 'derived',
): 'measured' | 'derived' | null => (ABSENT.test(type) ? null : DERIVED.includes(type) ? 'derived' : other);
