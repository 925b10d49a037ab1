/** The only requestAnimationFrame of the page. It asks for a frame only while somebody wants one. */

export interface FrameLoop {
  /** Something changed: draw at least once more. */
  readonly wake: () => void;
  stop(): void;
  readonly isAsking: boolean;
}

export interface FrameClock {
  request(callback: (nowMs: number) => void): number;
  cancel(handle: number): void;
}

const browserFrames: FrameClock = {
  request: (callback) => requestAnimationFrame(callback),
  cancel: (handle) => cancelAnimationFrame(handle),
};

/** Calls `frame` with the wall time in ms until it says that nothing moves any more. */
export function createFrameLoop(
  frame: (nowMs: number) => boolean,
  frames: FrameClock = browserFrames,
): FrameLoop {
  let handle: number | null = null;
  let isStopped = false;
  const run = (nowMs: number): void => {
    handle = null;
    if (frame(nowMs)) ask();
  };
  const ask = (): void => {
    if (handle === null && !isStopped) handle = frames.request(run);
  };
  return {
    wake: ask,
    stop() {
      isStopped = true;
      if (handle !== null) frames.cancel(handle);
      handle = null;
    },
    get isAsking() {
      return handle !== null;
    },
  };
}
