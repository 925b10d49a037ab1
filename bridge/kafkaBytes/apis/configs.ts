/** The settings that hold for a topic, its own or the cluster's: DescribeConfigs. */
import type { ErrorName } from '#record/Errors';
import { readError, type Api } from '../Api.ts';
import type { ByteReader } from '../ByteReader.ts';

export interface DescribeConfigsRequest {
  readonly topic: string;
  readonly names: readonly string[];
}
export interface TopicConfigs {
  readonly error: ErrorName;
  readonly errorMessage: string | null;
  readonly values: ReadonlyMap<string, string>;
}

const TOPIC = 2;

/** Version 1, of one topic. */
export const DESCRIBE_CONFIGS: Api<DescribeConfigsRequest, TopicConfigs> = {
  name: 'DescribeConfigs',
  key: 32,
  versions: [1, 1],
  flexibleFrom: 4,
  encode(writer, { topic, names }) {
    writer.array([topic], (name) => {
      writer.int8(TOPIC);
      writer.string(name);
      writer.array(names, (one) => writer.string(one));
    });
    // Where a value comes from besides is not asked.
    writer.boolean(false);
  },
  decode(reader) {
    reader.int32();
    const [first] = reader.array(readResult);
    return first ?? { error: 'UNKNOWN_SERVER_ERROR', errorMessage: null, values: new Map() };
  },
};

function readResult(reader: ByteReader): TopicConfigs {
  const error = readError(reader);
  const errorMessage = reader.nullableString();
  reader.int8();
  reader.string();
  const values = new Map<string, string>();
  reader.array(() => {
    const name = reader.string();
    const value = reader.nullableString();
    reader.boolean();
    reader.int8();
    reader.boolean();
    // Synonyms: a name, a value and a source each.
    reader.array(() => {
      reader.string();
      reader.nullableString();
      reader.int8();
    });
    if (value !== null) values.set(name, value);
  });
  return { error, errorMessage, values };
}
