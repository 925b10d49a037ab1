/** Brings hostile bytes to a bridge that runs, over sockets of its own. Counts what it has brought. */
import { connect } from 'node:net';
import type { Random } from '#base/random';
import { writeMessage } from '#wire/messages';
import { PROTOCOL_VERSION } from '#wire/protocol';
import {
  brokenMessage,
  goodUpgrade,
  hostileFrame,
  hostileUpgrade,
  strangeMessage,
  textFrame,
} from './hostileBytes.ts';

/** Messages of one connection before the one that ends it: more would be too many for the bridge anyway. */
const MOST_STRANGE = 390;
/** Fewer than a bridge lets in at once. */
const SIDE_BY_SIDE = 10;
/** A connection on which nothing moves any more has been borne. */
const PATIENCE_MS = 3000;

const HELLO = textFrame(writeMessage({ kind: 'hello', protocolVersion: PROTOCOL_VERSION, resume: null }));

export class Attacker {
  upgrades = 0;
  frames = 0;
  messages = 0;
  /** Upgrades that were let in although something was wrong with them. */
  letIn = 0;
  /** Pages with the right token that were not let in: there were too many. */
  turnedAway = 0;
  private readonly host: string;
  private readonly port: number;
  private readonly token: string;
  private readonly random: Random;

  /** `address`: of the bridge, as it prints it; `token`: that of its page. */
  constructor(address: string, token: string, random: Random) {
    const { host, port } = new URL(address);
    this.host = host;
    this.port = Number(port);
    this.token = token;
    this.random = random;
  }

  /** One upgrade that must not be let in. */
  async upgrade(): Promise<void> {
    const bytes = hostileUpgrade(this.random, this.host, this.token);
    const answer = await this.bring(bytes, this.random.below(8) === 0);
    this.upgrades++;
    if (isLetIn(answer)) this.letIn++;
  }

  /** A page that is let in and sends one broken frame. */
  async frame(): Promise<void> {
    if (await this.talk([hostileFrame(this.random)])) this.frames++;
  }

  /** A page that is let in, asks for whatever comes to its mind, and in the end talks nonsense. */
  async talkNonsense(): Promise<void> {
    const strange = Array.from({ length: this.random.below(MOST_STRANGE) }, () =>
      textFrame(writeMessage(strangeMessage(this.random))),
    );
    // Some forget to say hello.
    const hello = this.random.below(8) === 0 ? [] : [HELLO];
    const isHeard = await this.talk([...hello, ...strange, textFrame(brokenMessage(this.random))]);
    // Without a hello the first is the last that is heard.
    if (isHeard) this.messages += hello.length === 0 ? 1 : strange.length + 1;
  }

  private async talk(frames: readonly Buffer[]): Promise<boolean> {
    const upgrade = Buffer.from(goodUpgrade(this.host, this.token), 'latin1');
    const isIn = isLetIn(await this.bring(Buffer.concat([upgrade, ...frames])));
    if (!isIn) this.turnedAway++;
    return isIn;
  }

  /** Until so many have been brought of each, some side by side. @throws when the bridge is gone. */
  async bringAll(wanted: { upgrades: number; frames: number; messages: number }): Promise<void> {
    const worker = async (): Promise<void> => {
      for (;;) {
        if (this.messages < wanted.messages) await this.talkNonsense();
        if (this.upgrades < wanted.upgrades) await this.upgrade();
        if (this.frames < wanted.frames) await this.frame();
        const isDone = this.messages >= wanted.messages && this.upgrades >= wanted.upgrades;
        if (isDone && this.frames >= wanted.frames) return;
      }
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
  }

  /** Sends the bytes and hangs up, or is gone at once. Resolves with the beginning of the answer when the bridge has hung up too. */
  private bring(bytes: Buffer, isRude = false): Promise<string> {
    return new Promise((resolve, reject) => {
      let answer = '';
      const socket = connect(this.port, '127.0.0.1', () => {
        if (isRude) socket.write(bytes, () => socket.resetAndDestroy());
        else socket.end(bytes);
      });
      socket.setTimeout(PATIENCE_MS, () => socket.destroy());
      socket.on('data', (data) => {
        if (answer === '') answer = data.subarray(0, 40).toString('latin1');
      });
      // It may hang up in the middle of what it is sent; but it must be there.
      socket.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ECONNREFUSED') reject(error);
      });
      socket.on('close', () => resolve(answer));
    });
  }
}

const isLetIn = (answer: string): boolean => answer.startsWith('HTTP/1.1 101');
