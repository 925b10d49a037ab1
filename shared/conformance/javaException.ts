import { JavaException } from '#record/exceptions';

/** What a producer may throw. @throws whatever else it is: a bug of ours is not to be taken for Kafka's answer. */
export function javaException(error: unknown): JavaException {
  if (error instanceof JavaException) return error;
  throw error;
}
