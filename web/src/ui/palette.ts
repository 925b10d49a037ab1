/** Colours of the canvas, for each theme. The page's own colours are CSS variables in theme.css with the same values. */

export type Theme = 'dark' | 'light';

export interface Palette {
  readonly background: string;
  readonly panel: string;
  readonly raised: string;
  readonly line: string;
  readonly lineStrong: string;
  readonly text: string;
  readonly textDim: string;
  readonly accent: string;
  readonly accentFill: string;
  readonly good: string;
  readonly goodFill: string;
  readonly warn: string;
  readonly warnFill: string;
  readonly bad: string;
  readonly badFill: string;
  readonly ice: string;
  readonly dead: string;
  /** Index 0 is the null key; 1 … 8 tell keys apart, also for colour-blind eyes (after Okabe and Ito). */
  readonly keys: readonly string[];
}

const dark: Palette = {
  background: '#0b0f15',
  panel: '#111824',
  raised: '#182233',
  line: '#223046',
  lineStrong: '#3a4c68',
  text: '#e8eef7',
  textDim: '#98a7bd',
  accent: '#6ea8ff',
  accentFill: '#1c3157',
  good: '#6ee787',
  goodFill: '#14301f',
  warn: '#ffb454',
  warnFill: '#3a2a12',
  bad: '#ff7b86',
  badFill: '#3d1a20',
  ice: '#a6e1ff',
  dead: '#07090d',
  keys: ['#a3afc0', '#56b4e9', '#f5a623', '#2cc9a0', '#f2e55c', '#5b8cff', '#ff7849', '#ee8fc4', '#b9a5ff'],
};

const light: Palette = {
  background: '#f4f6fa',
  panel: '#ffffff',
  raised: '#eef2f8',
  line: '#d3dbe7',
  lineStrong: '#9aa9bf',
  text: '#131b28',
  textDim: '#4d5b70',
  accent: '#1d5fd0',
  accentFill: '#dce9ff',
  good: '#137a3a',
  goodFill: '#ddf5e4',
  warn: '#9a5700',
  warnFill: '#ffeed3',
  bad: '#b8202f',
  badFill: '#ffe0e3',
  ice: '#0b7cae',
  dead: '#c9d0db',
  keys: ['#79879b', '#1f8fcf', '#d98200', '#00946c', '#b8a400', '#2f5fe0', '#d4501c', '#c2509a', '#7d62d9'],
};

export const paletteOf = (theme: Theme): Palette => (theme === 'dark' ? dark : light);
