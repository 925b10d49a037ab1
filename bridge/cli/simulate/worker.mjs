// A worker thread does not inherit the loader that reads TypeScript: it is put in place here, then the worker begins.
import { register } from 'tsx/esm/api';

register();
await import('./worker.ts');
