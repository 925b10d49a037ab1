/** What a bridge must bear from somebody who means it no good: upgrades, frames and messages, all from one seed. */
import type { Random } from '#base/random';
import { DEFAULT_SCENARIO } from '#model/defaultScenario';
import { writeMessage, type PageMessage } from '#wire/messages';
import { PROTOCOL_VERSION, SUBPROTOCOL, TOKEN_PREFIX } from '#wire/protocol';

const pick = <T>(random: Random, from: readonly T[]): T => from[random.below(from.length)] as T;

function noise(random: Random, bytes: number): Buffer {
  return Buffer.from(Array.from({ length: bytes }, () => random.below(256)));
}

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

/** A request for an upgrade that a page of the bridge would make. */
export const goodUpgrade = (host: string, token: string): string =>
  [
    'GET / HTTP/1.1',
    `Host: ${host}`,
    `Origin: http://${host}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${KEY}`,
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Protocol: ${SUBPROTOCOL}, ${TOKEN_PREFIX}${token}`,
    '',
    '',
  ].join('\r\n');

const NAMES = ['Host', 'Origin', 'Upgrade', 'Connection', 'Sec-WebSocket-Key', 'Sec-WebSocket-Protocol'];
const VALUES = [
  '',
  'null',
  'http://[::',
  '[::1]:0x50',
  'localhost:99999',
  '127.0.0.1',
  'http://evil.example',
  'websocket, h2c',
  ',,=;',
  'linger.1,linger.1',
  'linger.token.',
  `linger.token.${'f'.repeat(48)}`,
  '%00%ff',
  '\u0000',
  'x'.repeat(9000),
];

/** An upgrade with something wrong in Host, Origin or token, and perhaps elsewhere. None of them may be let in. */
export function hostileUpgrade(random: Random, host: string, token: string): Buffer {
  const wrong = random.below(3);
  const given =
    wrong > 0 ? token : random.below(2) === 0 ? 'f'.repeat(random.below(60)) : turned(random, token);
  const lines = goodUpgrade(host, given).split('\r\n');
  if (wrong === 1) lines[1] = `Host: ${pick(random, VALUES)}`;
  if (wrong === 2) lines[2] = `Origin: ${pick(random, VALUES)}`;
  for (let changes = random.below(3); changes > 0; changes--) {
    const at = 1 + random.below(lines.length - 2);
    if (random.below(3) === 0) lines.splice(at, 0, `${pick(random, NAMES)}: ${pick(random, VALUES)}`);
    else if (random.below(2) === 0 && at > 2) lines.splice(at, 1);
    else if (at > 2) lines[at] = (lines[at] ?? '') + noise(random, 3).toString('latin1');
  }
  const bytes = Buffer.from(lines.join('\r\n'), 'latin1');
  if (random.below(8) > 0) return bytes;
  return Buffer.concat([bytes.subarray(0, random.below(bytes.length - 4)), noise(random, 40)]);
}

/** With one digit of it another. */
function turned(random: Random, token: string): string {
  const at = random.below(token.length);
  return token.slice(0, at) + (token[at] === '0' ? '1' : '0') + token.slice(at + 1);
}

/** A frame as a browser sends it: one whole text, masked with zeros. */
export function textFrame(text: string | Buffer): Buffer {
  const payload = Buffer.from(text);
  const head = Buffer.alloc(payload.length < 126 ? 2 : payload.length < 65_536 ? 4 : 10);
  head[0] = 0x81;
  head[1] = 0x80 | (payload.length < 126 ? payload.length : payload.length < 65_536 ? 126 : 127);
  if (head.length === 4) head.writeUInt16BE(payload.length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, Buffer.alloc(4), payload]);
}

/** A frame that says something wrong about itself: its kind, its length, its mask, its end. */
export function hostileFrame(random: Random): Buffer {
  switch (random.below(7)) {
    case 0:
      return noise(random, 1 + random.below(30));
    case 1:
      // A length that never comes, or that nobody has.
      return Buffer.concat([Buffer.from([0x82, 0xff]), noise(random, 8 + random.below(20))]);
    case 2: {
      // Reserved bits and kinds that do not exist.
      const frame = textFrame('{}');
      frame[0] = random.below(256);
      return frame;
    }
    case 3: {
      const frame = textFrame('{}');
      frame[1] = 2;
      return frame;
    }
    case 4: {
      // Pieces of a message without an end.
      const piece = textFrame('x'.repeat(random.below(2000)));
      piece[0] = random.below(2) === 0 ? 0x01 : 0x00;
      return piece;
    }
    case 5: {
      // Ping, pong and close with a body that is too long, or a code that is none.
      const control = textFrame(noise(random, random.below(200)));
      control[0] = pick(random, [0x88, 0x89, 0x8a]);
      return control;
    }
    default:
      // Text that is no UTF-8.
      return textFrame(noise(random, 1 + random.below(60)));
  }
}

const [application] = DEFAULT_SCENARIO.applications;
const MOST = Number.MAX_SAFE_INTEGER;

/** Of a shape that the bridge reads; what is in it is up to chance. */
export function strangeMessage(random: Random): PageMessage {
  const number = (): number =>
    pick(random, [0, 1, random.below(1000), random.below(2 ** 31), MOST - 1, MOST]);
  const commandId = number();
  const id = random.below(3);
  // Hello is said seldom: after a few the bridge hears nothing more.
  if (random.below(60) === 0)
    return { kind: 'hello', protocolVersion: PROTOCOL_VERSION, resume: { runId: 'a1', seq: number() } };
  switch (random.below(11)) {
    case 1:
      return { kind: 'command', commandId, command: { do: 'broker.freeze', node: id } };
    case 2:
      return { kind: 'command', commandId, command: { do: 'broker.restart', node: id } };
    case 3: {
      const workload = { keys: number(), valueBytes: number(), recordsPerS: number(), rampMs: number() };
      return { kind: 'command', commandId, command: { do: 'workload.set', application: id, workload } };
    }
    case 4: {
      const producer = {
        ...application?.producer,
        'linger.ms': String(number()),
        'batch.size': pick(random, VALUES),
      };
      return { kind: 'command', commandId, command: { do: 'producer.replace', application: id, producer } };
    }
    case 5: {
      const send = { application: id, key: pick(random, VALUES), valueBytes: number(), partition: id };
      return { kind: 'command', commandId, command: { do: 'record.send', ...send } };
    }
    case 6:
      return { kind: 'ledgerRecords', listing: 'missing', tp: number() };
    case 7:
    case 8:
      return { kind: 'content', recordId: number() };
    default:
      return { kind: 'drawn', seq: number() };
  }
}

const PIECES = [
  '',
  '-1',
  '0.5',
  '1e999',
  '9007199254740993',
  'null',
  'true',
  '"__proto__"',
  '{"constructor":{}}',
  '[[[[',
  '{"a":',
  '\\ud800',
  '\u0000',
  '"../../etc/passwd"',
];

/** A message with pieces of it cut, doubled or replaced; or none at all. */
export function brokenMessage(random: Random): string {
  if (random.below(40) === 0) return '['.repeat(random.below(60_000));
  let text = writeMessage(strangeMessage(random));
  for (let changes = 1 + random.below(3); changes > 0; changes--) {
    const from = random.below(text.length + 1);
    const to = from + random.below(text.length - from + 1);
    const middle = random.below(4) === 0 ? text.slice(from, to).repeat(2) : pick(random, PIECES);
    text = text.slice(0, from) + middle + text.slice(to);
  }
  return text;
}
