/** The lessons in their order: enough for a menu. Each is a file of its own, fetched when it is opened. */

export const LESSON_LIST = [
  { id: 'linger-ms', title: 'linger.ms', subject: 'Trade a wait for a fuller batch', concepts: [5, 6] },
  {
    id: 'transactions',
    title: 'Transactions',
    subject: 'All or nothing, for a reader that asks for it',
    concepts: [17],
  },
  {
    id: 'zombie-fencing',
    title: 'Zombie fencing',
    subject: 'Two instances, one transactional.id',
    concepts: [18],
  },
] as const satisfies readonly LessonEntry[];

export interface LessonEntry {
  readonly id: string;
  readonly title: string;
  /** One line. */
  readonly subject: string;
  /** Rows of the table of concepts. */
  readonly concepts: readonly number[];
}
export type LessonId = (typeof LESSON_LIST)[number]['id'];
