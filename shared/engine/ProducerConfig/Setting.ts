/** One row of org.apache.kafka.common.config.ConfigDef, and what a settings panel wants to know about it. */
import { JavaException } from '#record/exceptions';

/** A setting as it is given: `5` and `"5"` are both fine for a number, as in Java. */
export type SettingValue = string | number | boolean | null | readonly SettingValue[];
/** Settings under Kafka's property names. */
export type ProducerProps = Readonly<Record<string, SettingValue>>;
/** A setting as it is understood. Classes are their full names. */
export type ParsedValue = string | number | boolean | null | readonly string[];

export type SettingType = 'boolean' | 'string' | 'int' | 'long' | 'list' | 'class';

/** What is allowed beyond the type. */
export type Valid =
  | { readonly kind: 'range'; readonly min: number; readonly max?: number }
  | { readonly kind: 'one-of'; readonly values: readonly string[]; readonly ignoreCase?: boolean }
  | { readonly kind: 'non-empty' }
  | { readonly kind: 'list'; readonly mayBeEmpty: boolean }
  /** A range, and the codec's own default outside of it. */
  | { readonly kind: 'level'; readonly min: number; readonly max: number; readonly orElse: number };

export type SettingGroup =
  | 'connection'
  | 'delivery'
  | 'batching'
  | 'memory'
  | 'partitioning'
  | 'compression'
  | 'transactions'
  | 'metadata'
  | 'application'
  | 'monitoring'
  | 'security';

export interface Setting {
  /** Kafka's name. */
  readonly key: string;
  readonly type: SettingType;
  /** Absent: required. */
  readonly default?: ParsedValue;
  readonly valid?: Valid;
  readonly unit: 'ms' | 'bytes' | null;
  /** Kafka's own judgement. */
  readonly importance: 'high' | 'medium' | 'low';
  readonly group: SettingGroup;
  /** One line in plain words. */
  readonly meaning: string;
  /** Whether the model behaves differently with another value. */
  readonly shapesModel: boolean;
}

/** ConfigException(name, value, message). */
export function configException(key: string, shown: string, message: string): JavaException {
  return new JavaException('ConfigException', `Invalid value ${shown} for configuration ${key}: ${message}`);
}

/** Java's `String.valueOf`. */
export function shown(value: SettingValue): string {
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  return typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER
    ? BigInt(value).toString()
    : String(value);
}

/** The class that Java's JSON reader or a caller gives such a value. */
function javaClassOf(value: SettingValue): string {
  if (typeof value === 'string') return 'java.lang.String';
  if (typeof value === 'boolean') return 'java.lang.Boolean';
  if (typeof value !== 'number') return 'java.util.ArrayList';
  if (!Number.isInteger(value)) return 'java.lang.Double';
  if (isWithin(BigInt(value), 32)) return 'java.lang.Integer';
  return isWithin(BigInt(value), 64) ? 'java.lang.Long' : 'java.math.BigInteger';
}

const isWithin = (value: bigint, bits: number): boolean => BigInt.asIntN(bits, value) === value;

/** `String.trim` of Java: everything up to the blank in Unicode, nothing else. */
function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) <= 0x20) start++;
  while (start < end && text.charCodeAt(end - 1) <= 0x20) end--;
  return text.slice(start, end);
}

/**
 * ConfigDef.parseType. null stays null.
 * @throws JavaException ConfigException with Java's sentence.
 */
export function parseType(
  setting: Setting,
  value: SettingValue,
  isClass: (name: string) => boolean,
): ParsedValue {
  if (value === null) return null;
  const refuse = (message: string): JavaException => configException(setting.key, shown(value), message);
  const text = typeof value === 'string' ? trim(value) : null;
  switch (setting.type) {
    case 'boolean': {
      const word = typeof value === 'boolean' ? String(value) : text?.toLowerCase();
      if (word === 'true') return true;
      if (word === 'false') return false;
      throw refuse('Expected value to be either true or false');
    }
    case 'string':
      if (text !== null) return text;
      throw refuse(`Expected value to be a string, but it was a ${javaClassOf(value)}`);
    case 'int':
      return parseWhole(value, text, 32, 'INT', refuse);
    case 'long':
      return parseWhole(value, text, 64, 'LONG', refuse);
    case 'list':
      if (Array.isArray(value)) return value.map(shown);
      if (text === null) throw refuse('Expected a comma separated list.');
      return text === '' ? [] : text.split(/\s*,\s*/);
    case 'class':
      if (text === null) throw refuse('Expected a Class instance or class name.');
      if (!isClass(text)) throw refuse(`Class ${String(value)} could not be found.`);
      return text;
  }
}

function parseWhole(
  value: SettingValue,
  text: string | null,
  bits: 32 | 64,
  type: 'INT' | 'LONG',
  refuse: (message: string) => JavaException,
): number {
  if (text !== null) {
    if (/^[+-]?\d+$/.test(text) && isWithin(BigInt(text.replace('+', '')), bits)) return Number(text);
    throw refuse(`Not a number of type ${type}`);
  }
  if (typeof value === 'number' && Number.isInteger(value) && isWithin(BigInt(value), bits)) return value;
  const wanted = bits === 32 ? '32-bit integer' : '64-bit integer (long)';
  throw refuse(`Expected value to be a ${wanted}, but it was a ${javaClassOf(value)}`);
}

/**
 * The `ensureValid` of Java's validators.
 * @throws JavaException ConfigException with Java's sentence.
 */
export function ensureValid(setting: Setting, value: ParsedValue): void {
  const { key, valid } = setting;
  if (valid === undefined) return;
  const refuse = (message: string): JavaException => configException(key, shown(value), message);
  switch (valid.kind) {
    case 'range':
      if (typeof value !== 'number') throw refuse('Value must be non-null');
      if (value < valid.min) throw refuse(`Value must be at least ${valid.min}`);
      if (valid.max !== undefined && value > valid.max)
        throw refuse(`Value must be no more than ${valid.max}`);
      return;
    case 'level':
      if (typeof value !== 'number') throw refuse('Value must be non-null');
      if (value !== valid.orElse && (value < valid.min || value > valid.max)) {
        throw refuse(`Value must be between ${valid.min} and ${valid.max} or equal to ${valid.orElse}`);
      }
      return;
    case 'one-of': {
      const word = valid.ignoreCase === true ? shown(value).toUpperCase() : shown(value);
      if (value !== null && valid.values.includes(word)) return;
      const how = valid.ignoreCase === true ? ' (case insensitive)' : '';
      throw refuse(`String must be one of${how}: ${valid.values.join(', ')}`);
    }
    case 'non-empty':
      if (value === '') throw refuse('String must be non-empty');
      return;
    case 'list':
      ensureValidList(key, valid.mayBeEmpty, value);
  }
}

function ensureValidList(key: string, mayBeEmpty: boolean, value: ParsedValue): void {
  if (value === null) {
    throw new JavaException('ConfigException', `Configuration '${key}' values must not be null.`);
  }
  const values = Array.isArray(value) ? value : [];
  if (!mayBeEmpty && values.length === 0) {
    throw new JavaException(
      'ConfigException',
      `Configuration '${key}' must not be empty. Valid values include: any non-empty value`,
    );
  }
  if (values.includes('')) {
    throw new JavaException('ConfigException', `Configuration '${key}' values must not be empty.`);
  }
}
