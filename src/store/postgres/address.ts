// The address of a database, which may name several servers of which one takes writes. Used by the driver and by migrations.
import { HubError, problem } from '#base/errors.ts';

/**
 * One address for each server of `postgres://user:password@one:5432,two:5432/name?sslmode=…`. Throws a HubError (HUB-700) that does not repeat
 * the address, which may hold a password.
 */
export const addressesOf = (url: string): readonly string[] => {
  const parts = /^(postgres(?:ql)?:\/\/)((?:[^/?#]*@)?)([^/?#@]*)((?:[/?#].*)?)$/.exec(url);
  if (parts === null) throw bad();
  const [, scheme = '', login = '', servers = '', rest = ''] = parts;
  const addresses = servers.split(',').map((server) => `${scheme}${login}${server}${rest}`);
  for (const address of addresses) if (!isAddress(address)) throw bad();
  return addresses;
};

// An address without a server is that of a socket in the file system, which is named behind the `?`.
const isAddress = (address: string): boolean =>
  URL.canParse(address.replace(/(\/\/[^/?#]*@|\/\/)(?=[/?#]|$)/, '$1socket'));

const bad = (): HubError =>
  new HubError(
    problem('HUB-700', 'The address of the database is not of the form postgres://user:password@server:5432/database.'),
  );
