// Whose page asks for a token, by the origin that its browser names. Used by oauth-provider.ts. Pure.

/**
 * True for pages of the hub itself: by its public address, or by the one that they were opened at, which a proxy passes on in `Host`. No other page gets
 * a token, and none that came without encryption gets one of a hub that is reached with it.
 */
export const isOwnPage = (origin: string, host: string, issuer: string): boolean => {
  const [page, own] = [URL.parse(origin), URL.parse(issuer)];
  if (page === null || (page.protocol !== 'https:' && page.protocol !== own?.protocol)) return false;
  return page.host === own?.host || page.host === host.toLowerCase();
};
