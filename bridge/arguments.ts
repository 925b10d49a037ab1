/** What the command line may say. Everything that shapes the bridge comes from here, never from the page. */

export interface Arguments {
  readonly port: number;
  readonly dev: boolean;
  readonly simulated: boolean;
}

export const DEFAULT_PORT = 4317;

/** @throws Error whose message is a sentence for the person who typed it. */
export function parseArguments(args: readonly string[]): Arguments {
  let port = DEFAULT_PORT;
  let dev = false;
  let simulated = false;
  for (let i = 0; i < args.length; i++) {
    const argument = args[i];
    if (argument === '--dev') dev = true;
    else if (argument === '--simulated') simulated = true;
    else if (argument === '--port') port = parsePort(args[++i]);
    else if (argument?.startsWith('--port=') === true) port = parsePort(argument.slice('--port='.length));
    else throw new Error(`${argument} is not an option. "npm start -- --help" lists them.`);
  }
  return { port, dev, simulated };
}

function parsePort(text: string | undefined): number {
  const port = Number(text);
  if (text === undefined || !/^\d+$/.test(text) || port < 1 || port > 65535) {
    throw new Error(
      `--port wants a number from 1 to 65535, not ${text ?? 'nothing'}: npm start -- --port 5000`,
    );
  }
  return port;
}
