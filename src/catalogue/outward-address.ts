// Which addresses messages may be sent to: those that lead out to others, and never into the network that the hub stands in. Asked when an address is registered, and
// once more for what its name stands for whenever something is sent. Pure: looks nothing up.
import { BlockList, isIP } from 'node:net';
import { problem } from '#base/errors.ts';
import { failed, ok, type Result } from '#base/result.ts';
import { limits } from '#base/limits.ts';

// What is somebody's own, this machine's, for many at once, for documents, or kept for later (the IANA registries of special-purpose addresses).
const closed4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  // Link-local; what clouds tell their machines of themselves is here too.
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

// Of IPv6 all is closed but what is given out to the public, 2000::/3; and of that what holds an address of version 4, or is for documents.
const closed6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const listOf = (rows: readonly (readonly [string, number])[], family: 'ipv4' | 'ipv6'): BlockList => {
  const list = new BlockList();
  for (const [network, bits] of rows) list.addSubnet(network, bits, family);
  return list;
};
const inward4 = listOf(closed4, 'ipv4');
const given6 = listOf([['2000::', 3]], 'ipv6');
const inward6 = listOf(closed6, 'ipv6');

/** True when an IP address, of either version, belongs to the public network. */
export const isOutward = (address: string): boolean => {
  switch (isIP(address)) {
    case 4:
      return !inward4.check(address, 'ipv4');
    case 6:
      // With a zone it is of a link of this machine.
      return !address.includes('%') && given6.check(address, 'ipv6') && !inward6.check(address, 'ipv6');
    default:
      return false;
  }
};

/** True when an IP address is this machine's own, as far as a name is not needed to tell. */
export const isLoopback = (address: string): boolean => /^(?:127(?:\.\d{1,3}){3}|::1)$/.test(address);

// Names that never lead out: of this machine, of its network, or of none.
const inwardNames =
  /(?:^|\.)(?:localhost|local|localdomain|internal|intranet|lan|home|corp|private|arpa|onion|alt|test|invalid|example)$/;

// A name with an empty part is none; what it would be without that may lead inwards.
const manyLabels = /^[^.]+(?:\.[^.]+)+$/;

const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');

/**
 * Reads the address of a webhook. Fails with HUB-103, saying what is wrong with it: not https, a login or fragment in it, a name or number that leads inwards. With
 * `loopback` it may also be this machine, then by http as well.
 */
export const readWebhookAddress = (text: string, loopback: boolean): Result<string> => {
  const wrong = whatIsWrong(text, loopback);
  return wrong === null
    ? ok(new URL(text).href)
    : failed(problem('HUB-103', `url: ${wrong}`, { errors: [{ at: '/url', message: wrong }] }));
};

const whatIsWrong = (text: string, loopback: boolean): string | null => {
  // Characters that parsers drop or that end a line never stand in an address.
  if (text.length > limits.webhookUrlLength || !/^[\u0021-\u007e]+$/.test(text) || !URL.canParse(text))
    return `must be an address of at most ${limits.webhookUrlLength} characters`;
  const url = new URL(text);
  const host = hostOf(url);
  const isHere = isLoopback(host) || host === 'localhost';
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isHere && loopback)) return 'must begin with https://';
  if (url.username !== '' || url.password !== '') return 'must hold no user name and no password';
  if (url.hash !== '') return 'must hold no fragment';
  if (isHere) return loopback ? null : 'leads to the hub itself: only addresses that lead out are taken';
  const leadsOut = isIP(host) === 0 ? manyLabels.test(host) && !inwardNames.test(host) : isOutward(host);
  return leadsOut ? null : 'leads inwards: only addresses that lead out are taken';
};
