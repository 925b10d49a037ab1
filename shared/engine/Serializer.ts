/**
 * org.apache.kafka.common.serialization: what turns a key or a value into bytes. Which value belongs to which class
 * of Java: text to String, a number to Integer (to Double where it is not whole), a bigint to Long, bytes to byte[].
 */
import { utf8Bytes } from '#base/utf8';
import { JavaException } from '#record/exceptions';

export type Serializable = string | number | bigint | Uint8Array | null;

export interface Serializer {
  /** Full name of the Java class. */
  readonly className: string;
  /**
   * The bytes; null for null, which is a value of its own.
   * @throws JavaException ClassCastException when the value is of another class.
   */
  serialize(value: Serializable): Uint8Array | null;
}

const PACKAGE = 'org.apache.kafka.common.serialization';
const INT_LIMIT = 0x8000_0000;

export function javaClassName(value: Exclude<Serializable, null>): string {
  if (typeof value === 'string') return 'java.lang.String';
  if (typeof value === 'bigint') return 'java.lang.Long';
  if (typeof value !== 'number') return '[B';
  return isInt(value) ? 'java.lang.Integer' : 'java.lang.Double';
}

const isInt = (value: number): boolean => Number.isInteger(value) && value >= -INT_LIMIT && value < INT_LIMIT;

function eightBytes(write: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(8);
  write(new DataView(bytes.buffer));
  return bytes;
}

function intBytes(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
}

/** The bytes of a value of the class the serializer is for; undefined for any other. */
type Write = (value: Exclude<Serializable, null>) => Uint8Array | undefined;

const WRITERS: Readonly<Record<string, { readonly takes: string; readonly write: Write }>> = {
  [`${PACKAGE}.StringSerializer`]: {
    takes: 'java.lang.String',
    write: (value) => (typeof value === 'string' ? utf8Bytes(value) : undefined),
  },
  [`${PACKAGE}.IntegerSerializer`]: {
    takes: 'java.lang.Integer',
    write: (value) => (typeof value === 'number' && isInt(value) ? intBytes(value) : undefined),
  },
  [`${PACKAGE}.LongSerializer`]: {
    takes: 'java.lang.Long',
    write: (value) =>
      typeof value === 'bigint' ? eightBytes((view) => view.setBigInt64(0, value)) : undefined,
  },
  [`${PACKAGE}.DoubleSerializer`]: {
    takes: 'java.lang.Double',
    write: (value) =>
      typeof value === 'number' && !isInt(value)
        ? eightBytes((view) => view.setFloat64(0, value))
        : undefined,
  },
  [`${PACKAGE}.ByteArraySerializer`]: {
    takes: '[B',
    write: (value) => (value instanceof Uint8Array ? value : undefined),
  },
};

/** The names that `createSerializer` knows. */
export const SERIALIZERS: readonly string[] = Object.keys(WRITERS);

/** The serializer of this full class name; null if there is none. */
export function createSerializer(className: string): Serializer | null {
  const writer = WRITERS[className];
  if (writer === undefined) return null;
  return {
    className,
    serialize: (value) => {
      if (value === null) return null;
      const bytes = writer.write(value);
      if (bytes !== undefined) return bytes;
      throw new JavaException(
        'ClassCastException',
        `class ${javaClassName(value)} cannot be cast to class ${writer.takes}`,
      );
    },
  };
}

/**
 * What KafkaProducer.send does with a serializer.
 * @throws JavaException SerializationException for a value of another class.
 */
export function serializeAs(
  serializer: Serializer,
  what: 'key' | 'value',
  value: Serializable,
): Uint8Array | null {
  try {
    return serializer.serialize(value);
  } catch (error) {
    if (value === null || !(error instanceof JavaException) || !error.is('ClassCastException')) throw error;
    throw new JavaException(
      'SerializationException',
      `Can't convert ${what} of class ${javaClassName(value)} to class ${serializer.className} ` +
        `specified in ${what}.serializer`,
      error,
    );
  }
}
