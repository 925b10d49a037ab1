/** Settings that a run on a real cluster cannot honour, each with the reason that the page shows beside it. */
import { COMPRESSION_TYPES } from '#record/CompressionType';
import { codecSentence } from './kafkajs/codecs.ts';

/** By the name that the setting has on the page; `name=value` for one value of it. */
export function liveRefusals(): ReadonlyMap<string, string> {
  const refusals = new Map([
    ['compressibility', 'Live, the values are JSON, and what a codec makes of them is measured.'],
    ['costs', 'Live, the CPU time is what this machine takes: it is in every measured time.'],
    ['network', 'Live, the network is what it is. The stage has delays and cuts for brokers of our own.'],
    ['cluster', 'Live, this is a matter of the brokers: they have it in their own configuration.'],
  ]);
  for (const type of COMPRESSION_TYPES) {
    const sentence = codecSentence(type);
    if (sentence !== null) refusals.set(`compression.type=${type}`, sentence);
  }
  return refusals;
}
