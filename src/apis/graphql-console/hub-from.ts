// Links of pages that hold wherever the hub is put. Used by the pages of this folder. Pure.

/** From a page at an address of the hub to the hub itself: a proxy may have put something before it. */
export const hubFrom = (path: string): string => {
  const above = path.split('/').length - 2;
  return above === 0 ? '.' : Array.from({ length: above }, () => '..').join('/');
};
