import { describe, expect, it } from 'vitest';
import { assert } from '#base/assert';
import { murmur2 } from '#record/murmur2';
import { createSerializer, serializeAs, type Serializable, type Serializer } from './Serializer.ts';

function serializer(name: string): Serializer {
  const made = createSerializer(`org.apache.kafka.common.serialization.${name}Serializer`);
  assert(made !== null, name);
  return made;
}

describe('bytes', () => {
  it.each([
    ['String', 'aé', [0x61, 0xc3, 0xa9]],
    ['String', '', []],
    ['Integer', 1, [0, 0, 0, 1]],
    ['Integer', -2, [255, 255, 255, 254]],
    ['Integer', 0x12345678, [0x12, 0x34, 0x56, 0x78]],
    ['Long', 5_000_000_000n, [0, 0, 0, 1, 0x2a, 5, 0xf2, 0]],
    ['Long', -1n, [255, 255, 255, 255, 255, 255, 255, 255]],
    ['Double', 1.5, [0x3f, 0xf8, 0, 0, 0, 0, 0, 0]],
    ['ByteArray', new Uint8Array([1, 2]), [1, 2]],
  ] satisfies [string, Serializable, number[]][])('%sSerializer of %s', (name, value, bytes) => {
    expect([...(serializer(name).serialize(value) ?? [])]).toEqual(bytes);
  });

  it('of null are null', () => {
    for (const name of ['String', 'Integer', 'Long', 'ByteArray']) {
      expect(serializer(name).serialize(null)).toBeNull();
    }
  });

  it('of an Integer key go where the Java client sends them', () => {
    expect(murmur2(serializer('Integer').serialize(1) ?? new Uint8Array())).toBe(-173113808);
  });
});

describe('a value of another class', () => {
  it('is refused as send() refuses it', () => {
    expect(() => serializeAs(serializer('String'), 'value', 5)).toThrow(
      expect.objectContaining({
        exception: 'SerializationException',
        text:
          "Can't convert value of class java.lang.Integer to class " +
          'org.apache.kafka.common.serialization.StringSerializer specified in value.serializer',
      }),
    );
    expect(() => serializeAs(serializer('Long'), 'key', 5)).toThrow('key of class java.lang.Integer');
  });
});

it('knows no other classes', () => {
  expect(createSerializer('com.example.AvroSerializer')).toBeNull();
});
