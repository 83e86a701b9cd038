// One request and its answer while both are under way: what the pipeline carries from stage to stage and what handlers see as ApiRequest.
// Query, abort signal and the rest are made when asked for, since most requests never ask.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { Principal } from '#hub/principal.ts';
import type { Peer } from './peer.ts';
import type { Standing } from './quota.ts';
import type { Entry, PageRequest } from './routes.ts';
import type { Lane } from './turnstile.ts';

export class Exchange implements PageRequest {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly entry: Entry;
  readonly id: string;
  readonly method: string;
  readonly path: string;
  /** Monotonic milliseconds. */
  readonly startedAt: number;
  principal: Principal | null = null;
  /** Where it comes from, at a route that takes HTTP Basic; null elsewhere. */
  peer: Peer | null = null;
  /** It counts among the requests of its application. */
  admitted = false;
  /** The place that it holds among the requests of its organisation; null = none. */
  lane: Lane | null = null;
  /** How the quota of its application stands, where it has one: told in the headers of the answer. */
  standing: Standing | null = null;
  /** The operation that was called, by its coordinate; null = none that is known. */
  part: string | null = null;
  /** What the answer has to say of parts that will go: names and values of headers. Null = nothing. */
  notes: readonly string[] | null = null;
  text = '';
  bytes: Buffer | undefined = undefined;
  stream: Readable | null = null;
  /** Monotonic milliseconds after which nobody waits for the answer any more. */
  deadline: number;
  /** The deadline has passed and something else was answered: what the handler still gives is not wanted. */
  abandoned = false;
  /** Where it stands in the roster of requests under way; -1 when it is not in it. */
  place = -1;
  private readonly queryAt: number;
  private parsedQuery: URLSearchParams | null = null;
  private controller: AbortController | null = null;
  private leavingController: AbortController | null = null;

  constructor(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    entry: Entry,
    id: string,
    now: number,
    deadline: number,
  ) {
    const url = incoming.url ?? '/';
    this.incoming = incoming;
    this.outgoing = outgoing;
    this.entry = entry;
    this.id = id;
    this.method = incoming.method ?? 'GET';
    this.queryAt = url.indexOf('?');
    this.path = this.queryAt === -1 ? url : url.slice(0, this.queryAt);
    this.startedAt = now;
    this.deadline = deadline;
  }

  get query(): URLSearchParams {
    this.parsedQuery ??= new URLSearchParams(
      this.queryAt === -1 ? '' : (this.incoming.url ?? '').slice(this.queryAt + 1),
    );
    return this.parsedQuery;
  }

  /** Counted in slashes and not in letters, since the prefix may have been sent percent-encoded. */
  get rest(): string {
    let at = 0;
    for (let slash = 0; slash < this.entry.depth; slash += 1) {
      at = this.path.indexOf('/', at) + 1;
      if (at === 0) return '';
    }
    return this.entry.depth === 0 ? '' : this.path.slice(at);
  }

  get signal(): AbortSignal {
    if (this.controller === null) {
      const controller = new AbortController();
      this.controller = controller;
      if (this.gone) controller.abort();
      else this.outgoing.once('close', () => this.outgoing.writableFinished || controller.abort());
    }
    return this.controller.signal;
  }

  get leaving(): AbortSignal {
    const { signal } = this;
    if (this.leavingController === null) {
      const controller = new AbortController();
      this.leavingController = controller;
      const { outgoing } = this;
      const { socket } = this.incoming;
      const leave = (): void => controller.abort();
      if (signal.aborted || socket.readableEnded) leave();
      else {
        signal.addEventListener('abort', leave, { once: true });
        // The connection may carry other requests after this one.
        socket.once('end', leave);
        outgoing.once('close', () => socket.off('end', leave));
      }
    }
    return this.leavingController.signal;
  }

  get gzip(): boolean {
    const accepted = this.incoming.headers['accept-encoding'];
    return typeof accepted === 'string' && takesGzip(accepted);
  }

  /** The address of the other end of the connection. */
  get remote(): string {
    return this.incoming.socket.remoteAddress ?? '';
  }

  /** Nobody is there to read an answer. */
  get gone(): boolean {
    return this.outgoing.destroyed;
  }

  header(name: string): string | null {
    const value = this.incoming.headers[name];
    return value === undefined ? null : typeof value === 'string' ? value : value.join(', ');
  }

  abandon(): void {
    this.abandoned = true;
    this.controller?.abort();
  }
}

const takesGzip = (accepted: string): boolean =>
  accepted === 'gzip' ||
  accepted.split(',').some((part) => {
    const [coding = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
    return (
      (coding === 'gzip' || coding === 'x-gzip') && !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter))
    );
  });
