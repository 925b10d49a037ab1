import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const config = defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    chunkSizeWarningLimit: 600,
    // What the first picture needs comes as one file: seventeen small ones cost a slow machine more than their bytes.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] } } },
  },
});

// vite wants its configuration as the default.
export { config as default };
