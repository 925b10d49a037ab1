/**
 * Control messages: JSON text, one union for each direction. What does not have exactly this shape is refused with the
 * place where it differs, and nothing is thrown.
 */
import * as v from 'valibot';
import { catalogue, type EventType } from '#events/catalogue';
import type { Field } from '#events/fields';
import type { Scenario } from '#model/Scenario';
import { LONGEST_QUERY } from '#model/scenarioQuery';
import { commandSchema } from './commandSchema.ts';
import { ledgerMessage, ledgerRecordsAnswer, ledgerRecordsQuestion } from './ledger.ts';
import { MAX_PAGE_MESSAGE_BYTES, parsed, unreadable, type Parsed } from './protocol.ts';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const sentence = v.pipe(v.string(), v.maxLength(10_000));
const runId = v.pipe(v.string(), v.minLength(1), v.maxLength(64));

const pageMessage = v.variant('kind', [
  /** First, and again when the page wants to begin anew. `resume`: what it holds of which run. */
  v.strictObject({
    kind: v.literal('hello'),
    protocolVersion: count,
    resume: v.nullable(v.strictObject({ runId, seq: count })),
  }),
  v.strictObject({ kind: v.literal('command'), commandId: count, command: commandSchema }),
  /** Another run in the place of this one, with the applications of this link. */
  v.strictObject({
    kind: v.literal('begin'),
    commandId: count,
    link: v.pipe(v.string(), v.maxLength(LONGEST_QUERY)),
  }),
  v.strictObject({ kind: v.literal('content'), recordId: count }),
  ledgerRecordsQuestion,
  /** Events [0, seq) are on the screen: the back-pressure. */
  v.strictObject({ kind: v.literal('drawn'), seq: count }),
]);
export type PageMessage = v.InferOutput<typeof pageMessage>;

const REFUSALS = [
  'protocol-version',
  'bad-message',
  'too-many-messages',
  'too-many-viewers',
  'no-live-run',
] as const;
export type Refusal = (typeof REFUSALS)[number];

export const provenanceSchema = v.picklist(['simulated', 'measured', 'derived', 'estimated']);

export const contentSchema = v.strictObject({
  topic: v.string(),
  partition: v.nullable(count),
  key: v.nullable(v.string()),
  value: v.string(),
  timestampMs: v.number(),
  headers: v.array(v.strictObject({ key: v.string(), value: v.string() })),
});

const bridgeMessage = v.variant('kind', [
  v.strictObject({
    kind: v.literal('state'),
    protocolVersion: count,
    runId,
    /** The first frame begins here. */
    seq: count,
    /** Run time of the snapshot, µs. */
    at: count,
    /** The state before `seq` (snapshot.ts); null: the page goes on with what it holds. */
    snapshot: v.unknown(),
    /** Who this page is to the bridge: a viewer may look but not touch. */
    role: v.picklist(['presenter', 'viewer']),
    scenario: v.custom<Scenario>((value) => typeof value === 'object' && value !== null),
    capabilities: v.strictObject({
      events: v.record(v.string(), provenanceSchema),
      commands: v.array(v.string()),
      /** Whether this page may begin another run in the place of this one. */
      canBegin: v.boolean(),
      /** What cannot be set here, each with why: `liveSettings.ts` of the page says what the names are. */
      refusals: v.record(v.string(), sentence),
    }),
    /** Names of the types of events, each with its fields: `[type, field, …]`. */
    vocabulary: v.array(v.array(v.string())),
  }),
  /** Once a second: a sign of life, and what is wrong if anything is. */
  v.strictObject({
    kind: v.literal('status'),
    /** The run has ended, and why. */
    failure: v.nullable(sentence),
    /** What is wrong with a run that goes on. */
    warning: v.nullable(sentence),
    viewers: count,
  }),
  v.strictObject({ kind: v.literal('commandDone'), commandId: count, sentence: v.nullable(sentence) }),
  v.strictObject({ kind: v.literal('content'), recordId: count, content: v.nullable(contentSchema) }),
  ledgerMessage,
  ledgerRecordsAnswer,
  v.strictObject({ kind: v.literal('refused'), reason: v.picklist(REFUSALS), sentence }),
]);
export type BridgeMessage = v.InferOutput<typeof bridgeMessage>;
/** Who a page is to the bridge. */
export type Role = StateMessage['role'];
export type StateMessage = Extract<BridgeMessage, { readonly kind: 'state' }>;

export const parsePageMessage = (text: string): Parsed<PageMessage> =>
  text.length > MAX_PAGE_MESSAGE_BYTES
    ? unreadable(`the message has more than ${MAX_PAGE_MESSAGE_BYTES} bytes`)
    : parse(pageMessage, text);

export const parseBridgeMessage = (text: string): Parsed<BridgeMessage> => parse(bridgeMessage, text);

/** The same text for the same message; both sides write through this, so that both are checked by the compiler. */
export const writeMessage = (message: PageMessage | BridgeMessage): string => JSON.stringify(message);

/** The catalogue of this build. A page and a bridge with two of them cannot read each other's tapes. */
export const vocabulary = (): string[][] =>
  (Object.keys(catalogue) as EventType[]).map((type) => [
    type,
    ...(catalogue[type] as readonly Field[]).map(({ name }) => name),
  ]);

function parse<S extends v.GenericSchema>(schema: S, text: string): Parsed<v.InferOutput<S>> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return unreadable('the message is not JSON');
  }
  const result = v.safeParse(schema, json, { abortEarly: true });
  if (result.success) return parsed(result.output);
  const [issue] = result.issues;
  const where = v.getDotPath(issue) ?? 'the message';
  return unreadable(`${where}: ${issue.message}`.slice(0, 300));
}
