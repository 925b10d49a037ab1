/** A part that could not be loaded or drawn closes alone, with a sentence and a way back; the rest of the page goes on. */
import { Component, type ReactNode } from 'react';

interface Props {
  /** What is missing when it fails, as people call it: "The charts". */
  readonly name: string;
  readonly children: ReactNode;
}

interface State {
  readonly why: string | null;
}

// React knows error boundaries only as classes.
export class Boundary extends Component<Props, State> {
  override state: State = { why: null };

  static getDerivedStateFromError(error: unknown): State {
    return { why: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    if (this.state.why === null) return this.props.children;
    // A part that failed to load stays failed until the page is loaded anew; the link keeps the run.
    return (
      <div className="failed-part" role="alert">
        <p>
          {this.props.name} could not be shown ({this.state.why}). The run goes on.
        </p>
        <button type="button" onClick={() => globalThis.location.reload()}>
          Reload the page, the run is kept
        </button>
      </div>
    );
  }
}
