/** Time in the viewer's hands: play, step, speed, and where in the run we are. */
import type { ReactNode } from 'react';
import { useFrame, useSession } from '../store/useFrame.ts';
import { IconButton } from '../ui/controls.tsx';
import { momentText, speedText } from '../ui/format.ts';
import { SPEED_STEPS, speedAtStep, stepOfSpeed } from '../ui/speedScale.ts';
import './playback.css';

/** Slower than this share of the wish is worth a word. */
const KEPT_UP = 0.8;

export function PlaybackBar(): ReactNode {
  const session = useSession();
  const now = useFrame((s) => ({
    playing: s.playback.playing,
    speed: s.playback.speed,
    auto: s.playback.auto,
    at: s.playback.cursor.at,
    seq: s.playback.cursor.seq,
    seed: s.source.scenario.seed,
    keptUp: s.keptUp,
    status: s.source.status,
    seekingTo: s.playback.seekingTo,
    completeAt: s.completeAt,
  }));
  const step = (by: 'event' | 'batch', back: boolean) => () => session.dispatch({ type: 'step', by, back });
  return (
    <section className="playback" aria-label="Time">
      <div className="buttons">
        <IconButton
          label="To the beginning"
          keys="0"
          onClick={() => session.dispatch({ type: 'seek', at: 0 })}
        >
          <Icon path="M5 4v12M15 4.5v11L7.5 10z" />
        </IconButton>
        <IconButton label="Back to the batch that left before" keys="Shift + ←" onClick={step('batch', true)}>
          <Icon path="M10 4.5v11L3 10zM17 4.5v11L10 10z" />
        </IconButton>
        <IconButton label="Back one event" keys="←" onClick={step('event', true)}>
          <Icon path="M13 4.5v11L5.5 10z" />
        </IconButton>
        <button
          type="button"
          className="button play"
          aria-label={now.playing ? 'Pause' : 'Play'}
          title={`${now.playing ? 'Pause' : 'Play'} (Space)`}
          onClick={() => session.dispatch({ type: 'toggle' })}
        >
          <Icon path={now.playing ? 'M5 4h3.4v12H5zM11.6 4H15v12h-3.4z' : 'M6 3.5v13L16.5 10z'} />
        </button>
        <IconButton label="Next event" keys="→" wide onClick={step('event', false)}>
          <Icon path="M7 4.5v11l7.5-5.5z" /> <span className="word">event</span>
        </IconButton>
        <IconButton label="Next batch that leaves" keys="Shift + →" wide onClick={step('batch', false)}>
          <Icon path="M3 4.5v11l7-5.5zM10 4.5v11l7-5.5z" /> <span className="word">batch</span>
        </IconButton>
      </div>
      <div className="speed">
        <label htmlFor="speed" className="speed-text">
          {/* Two parts, each whole: on a narrow screen they stand below each other. */}
          <span>{speedText(now.speed).split('= ')[0]}= </span>
          <span>{speedText(now.speed).split('= ')[1]}</span>
        </label>
        <input
          id="speed"
          type="range"
          min={0}
          max={SPEED_STEPS}
          value={stepOfSpeed(now.speed)}
          aria-valuetext={speedText(now.speed)}
          onChange={(event) =>
            session.dispatch({ type: 'setSpeed', speed: speedAtStep(Number(event.target.value)) })
          }
        />
        <IconButton
          label="Automatic speed: slower where something happens"
          keys="A"
          wide
          pressed={now.auto}
          onClick={() => session.dispatch({ type: 'setAuto', auto: !now.auto })}
        >
          auto
        </IconButton>
      </div>
      <div className="moment">
        {now.status.kind === 'rerunning' ? (
          <span className="warn">making the run anew: {Math.floor(now.status.progress * 100)} %</span>
        ) : now.seekingTo !== null ? (
          <span className="warn">
            computing: {momentText(now.completeAt)} of {momentText(now.seekingTo)}
          </span>
        ) : now.playing && now.keptUp < KEPT_UP ? (
          <span className="warn">
            the model manages {(now.speed * now.keptUp).toPrecision(2)}x of {now.speed}x
          </span>
        ) : null}
        <span className="number" data-testid="moment">
          t = {momentText(now.at)}
        </span>
        <span className="dim number">seed {now.seed}</span>
      </div>
    </section>
  );
}

function Icon(props: { readonly path: string }): ReactNode {
  return (
    <svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true" className="icon">
      <path d={props.path} />
    </svg>
  );
}
