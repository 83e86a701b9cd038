// What the command line expects of the composition: a hub that can be opened and closed, and a demo around it. Types only.
import type { Settings } from '#config/settings.ts';
import type { Progress } from './cli/progress.ts';

/** A hub that has been put together and does not listen yet. */
export type Running = {
  /** Opens the port; resolves with the public address. Rejects with a HubError when the port cannot be had. */
  readonly listen: () => Promise<string>;
  /** Lets what is under way finish, at most the drain time, then closes everything. `replaced`: another process has taken over its port. */
  readonly close: (how?: { readonly replaced?: boolean }) => Promise<void>;
};

/** The process among several that share a port: what it asks of the one that started it, and what that one asks of it. */
export type Colleague = {
  /** The page of metrics of all of them. */
  readonly metrics: () => Promise<string>;
  /** Takes what gives the metrics of this process alone, as the library writes them down. */
  readonly counted: (own: () => Promise<readonly object[]>) => void;
};

/** app/compose.ts: puts the hub together. Rejects with a HubError when model, data directory or settings stand in the way. */
export type Compose = (settings: Settings, colleague?: Colleague) => Promise<Running>;

/** How large the synthetic county, municipality or university is, the others being small, and how many mistakes are planted in the county. */
export type DemoSize = 'small' | 'county' | 'county-full' | 'municipality' | 'oslo' | 'university';
export type DemoFlaws = 'none' | 'realistic' | 'ugly';

export type DemoOptions = {
  /** `environment` is `sandbox` unless something else than the default said otherwise. */
  readonly settings: Settings;
  /** No data directory was named: a temporary one may be used and removed again. */
  readonly temporary: boolean;
  readonly size: DemoSize;
  /** Absent = none. */
  readonly flaws?: DemoFlaws;
  readonly seed: number;
  /** Print exactly one line, the JSON document of the demo, when ready. */
  readonly json: boolean;
  readonly language: 'nb' | 'en';
  readonly progress: Progress;
  /** A line for stdout: data. */
  readonly out: (line: string) => void;
  /** A line for stderr: messages. */
  readonly say: (line: string) => void;
  /** Called as soon as there is a hub to close, before anything is delivered. */
  readonly opened?: (closable: Pick<Running, 'close'>) => void;
};

/** app/demo.ts: starts a hub, delivers a synthetic county, municipality and university, prints how to use it. Resolves when ready; the hub goes on serving. */
export type RunDemo = (options: DemoOptions) => Promise<Pick<Running, 'close'>>;
