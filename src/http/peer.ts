// Where a request comes from, and whether somebody on the way could have read it: what a proxy says of TLS counts where it is one that is trusted.
// Used by the pipeline and the pages. Knows nothing of credentials.
import { BlockList, isIP } from 'node:net';
import type { PageRequest } from './routes.ts';

export type Peer = {
  /** That of the client as far as trusted proxies tell; else of the other end of the connection. */
  readonly address: string;
  /** Over TLS, or from this machine itself. */
  readonly secure: boolean;
};

/** True of an address that belongs to a proxy whose word is taken. */
export type Trust = (address: string) => boolean;

/** Addresses and networks (`10.0.0.0/8`), as the setting gives them. Throws for what is neither. */
export const trustOf = (networks: readonly string[]): Trust => {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', length] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (length === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(length), family);
  }
  return (address) => {
    const family = isIP(address);
    return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
  };
};

/** This machine's own addresses, for itself alone. */
export const loopbackNetworks: readonly string[] = ['127.0.0.0/8', '::1'];

const isLoopback = trustOf(loopbackNetworks);

/** A request as far as it tells where it comes from. */
type Sent = Pick<PageRequest, 'remote' | 'header'>;

const listOf = (value: string | null): readonly string[] => (value ?? '').split(',').flatMap((one) => one.trim() || []);

/** The schemes that `Forwarded` (RFC 7239) tells of, one for each proxy; `''` for one that tells none. */
const schemesOf = (value: string | null): readonly string[] =>
  listOf(value).map((one) => /(?:^|;)\s*proto\s*=\s*"?([A-Za-z]+)"?\s*(?:;|$)/i.exec(one)?.[1] ?? '');

/** No proxy has handed it on, as far as its headers tell. */
const isDirect = (request: Sent): boolean =>
  ['forwarded', 'x-forwarded-for', 'x-forwarded-proto'].every((name) => request.header(name) === null);

/** True for a caller on this machine that came without a proxy. */
export const isLocal = (request: Sent): boolean => isDirect(request) && isLoopback(request.remote);

/** What to make of a request's sender. Every proxy that tells how it was reached was reached over TLS, and at least one tells. */
export const peerOf = (request: Sent, trusts: Trust): Peer => {
  const { remote } = request;
  if (isDirect(request)) return { address: remote, secure: isLoopback(remote) };
  if (!trusts(remote)) return { address: remote, secure: false };
  const schemes = [...listOf(request.header('x-forwarded-proto')), ...schemesOf(request.header('forwarded'))];
  // Whatever stands before the last hop that is no proxy of ours may have been written by anybody.
  const client = listOf(request.header('x-forwarded-for')).findLast((hop) => !trusts(hop)) ?? remote;
  return {
    address: isIP(client) === 0 ? remote : client,
    secure: schemes.length > 0 && schemes.every((scheme) => scheme.toLowerCase() === 'https'),
  };
};
