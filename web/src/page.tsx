/** The panels around the picture. Loaded when the first records move. */
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { AppContextValue, type AppContext } from './store/useFrame.ts';

export function mount(root: HTMLElement, context: AppContext): void {
  createRoot(root).render(
    <AppContextValue.Provider value={context}>
      <App />
    </AppContextValue.Provider>,
  );
}
