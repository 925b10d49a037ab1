/** What a run on a real cluster cannot do, and settings that it cannot honour, each with the reason that the page shows beside it. */
import { COMPRESSION_TYPES } from '#record/CompressionType';
import { parseProducerConfig, withRequiredSettings } from '#engine/ProducerConfig';
import { APPLICATION_COMMANDS } from '#model/commandNames';
import type { CommandBody } from '#model/Scenario';
import type { ClientName } from './arguments.ts';
import { ownCommands, type OwnBrokers } from './ownBrokers.ts';
import { exhibitCan, exhibitCommandSentence, exhibitRefusals } from './kafkajs/asItIs/exhibit.ts';
import { codecSentence } from './kafkajs/codecs.ts';

/** By the name that the setting has on the page; `name=value` for one value of it. */
export function liveRefusals(client: ClientName): ReadonlyMap<string, string> {
  const refusals = new Map<string, string>([
    ['compressibility', 'Live, the values are JSON, and what a codec makes of them is measured.'],
    ['costs', 'Live, the CPU time is what this machine takes: it is in every measured time.'],
    ['network', 'Live, the network is what it is. The stage has delays and cuts for brokers of our own.'],
    ['cluster', 'Live, this is a matter of the brokers: they have it in their own configuration.'],
    ...(client === 'kafkajs' ? exhibitRefusals() : []),
  ]);
  for (const type of COMPRESSION_TYPES) {
    const sentence = codecSentence(type);
    if (sentence !== null) refusals.set(`compression.type=${type}`, sentence);
  }
  return refusals;
}

/** What a page may ask for. `own`: null for brokers of others. */
export const liveCommands = (own: OwnBrokers | null, client: ClientName): ReadonlySet<CommandBody['do']> =>
  new Set([
    ...APPLICATION_COMMANDS.filter((command) => client === 'linger' || exhibitCan(command)),
    ...(own === null ? [] : ownCommands(own)),
  ]);

/** Why this one cannot be done, though its kind can; null: it can. */
export function liveSentence(command: CommandBody, client: ClientName): string | null {
  const sentence = client === 'kafkajs' ? exhibitCommandSentence(command) : null;
  if (sentence !== null || command.do !== 'producer.replace') return sentence;
  return codecSentence(parseProducerConfig(withRequiredSettings(command.producer), () => 0).compressionType);
}
