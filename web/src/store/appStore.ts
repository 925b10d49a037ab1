/** What the person has chosen on the page, apart from the run: selection, theme, panels, notices, drafts of settings. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Entity } from '../stage/scene.ts';
import type { Lesson } from '#lessons/Lesson';
import type { LessonRuns } from '#lessons/RunFacts';
import type { OutcomeKind } from '#projections/recordsByOutcome';
import type { LedgerListing } from '#wire/ledger';
import type { Theme } from '../ui/palette.ts';
import { writeMemory, type Memory, type Panels } from './memory.ts';

export type NoticeTone = 'plain' | 'warn' | 'bad';
export interface Notice {
  readonly id: number;
  readonly tone: NoticeTone;
  readonly sentence: string;
  /** What can be done about it. */
  readonly action: { readonly label: string; readonly run: () => void } | null;
  /** Of trouble that comes and goes: it leaves by itself after a while. */
  readonly isPassing: boolean;
}

/** A lesson that is open, and how far the reader is. */
export interface LessonPlace {
  readonly lesson: Lesson;
  readonly runs: LessonRuns;
  readonly step: number;
  /** What was guessed at a step, by its number. */
  readonly guesses: Readonly<Record<number, string>>;
}

/** Which records are listed: behind which counter, of which partition; null: of all. */
export interface ListedOutcome {
  readonly kind: OutcomeKind;
  readonly tp: number | null;
}
/** The same of what was read back from the log of a live run. */
export interface ListedLedger {
  readonly ledger: LedgerListing;
  readonly tp: number | null;
}
export type Listed = ListedOutcome | ListedLedger;

/** The thing whose menu is open, and where on the page. */
export interface MenuPlace {
  readonly entity: Entity;
  readonly x: number;
  readonly y: number;
}

export type RightTab = 'inspector' | 'events' | 'errors' | 'list' | 'prediction';

export interface AppState {
  readonly selection: Entity | null;
  readonly hovered: Entity | null;
  readonly menu: MenuPlace | null;
  readonly theme: Theme;
  readonly panels: Panels;
  readonly notices: readonly Notice[];
  /** Settings being edited and not yet applied: key -> text as typed. */
  readonly drafts: Readonly<Record<string, string>>;
  /** What a lesson points at on the stage. */
  readonly look: readonly string[];
  readonly dialog: 'keys' | 'share' | 'recordings' | null;
  readonly lesson: LessonPlace | null;
  /** Which view the right side shows. */
  readonly rightTab: RightTab;
  /** The right side lists records while nothing is selected. */
  readonly outcome: Listed | null;
  readonly select: (entity: Entity | null) => void;
  readonly hover: (entity: Entity | null) => void;
  readonly openMenu: (menu: MenuPlace | null) => void;
  readonly setTheme: (theme: Theme) => void;
  readonly togglePanel: (panel: keyof Panels) => void;
  readonly notify: (
    sentence: string,
    tone?: NoticeTone,
    action?: Notice['action'],
    isPassing?: boolean,
  ) => void;
  readonly dismiss: (id: number) => void;
  readonly setDraft: (key: string, text: string | null) => void;
  readonly setLook: (names: readonly string[]) => void;
  readonly openDialog: (dialog: AppState['dialog']) => void;
  readonly setLesson: (lesson: LessonPlace | null) => void;
  readonly setRightTab: (tab: RightTab) => void;
  readonly listOutcome: (outcome: Listed | null) => void;
}

export type AppStore = StoreApi<AppState>;

const MAX_NOTICES = 4;

type Remembering = Parameters<typeof writeMemory>[0];

/** `storage`: where theme and panels are kept; null: nowhere. */
export function createAppStore(memory: Memory, storage: Remembering): AppStore {
  return createStore<AppState>()((set, get) => {
    let notices = 0;
    const remember = (): void => {
      writeMemory(storage, { theme: get().theme, panels: get().panels });
    };
    return {
      selection: null,
      hovered: null,
      menu: null,
      theme: memory.theme,
      panels: memory.panels,
      notices: [],
      drafts: {},
      look: [],
      dialog: null,
      lesson: null,
      rightTab: 'inspector',
      outcome: null,
      select: (selection) => set({ selection }),
      hover: (hovered) => {
        const before = get().hovered;
        if (before?.kind !== hovered?.kind || before?.id !== hovered?.id) set({ hovered });
      },
      openMenu: (menu) => set({ menu }),
      setTheme: (theme) => {
        set({ theme });
        remember();
      },
      togglePanel: (panel) => {
        set({ panels: { ...get().panels, [panel]: !get().panels[panel] } });
        remember();
      },
      notify: (sentence, tone = 'plain', action = null, isPassing = false) => {
        // The same sentence twice is one notice, moved to the end.
        const rest = get().notices.filter((notice) => notice.sentence !== sentence);
        set({ notices: [...rest, { id: notices++, tone, sentence, action, isPassing }].slice(-MAX_NOTICES) });
      },
      dismiss: (id) => set({ notices: get().notices.filter((notice) => notice.id !== id) }),
      setDraft: (key, text) => {
        const { [key]: _, ...rest } = get().drafts;
        set({ drafts: text === null ? rest : { ...rest, [key]: text } });
      },
      setLook: (look) => set({ look }),
      openDialog: (dialog) => set({ dialog }),
      setLesson: (lesson) => set(lesson === null ? { lesson, look: [] } : { lesson }),
      setRightTab: (rightTab) => set({ rightTab }),
      listOutcome: (outcome) =>
        set(outcome === null ? { outcome } : { outcome, selection: null, rightTab: 'inspector' }),
    };
  });
}
