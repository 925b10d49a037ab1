import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// vite wants its configuration as a default export.
// eslint-disable-next-line import/no-default-export
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react()],
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2023', chunkSizeWarningLimit: 300 },
});
