// Deep freezing of the model, maps and sets included, so that no part of the hub can change what all others read. Called once by derive.

const refuse = (): never => {
  throw new TypeError('the model is frozen');
};

/** Freezes a value and everything it holds, in place, and gives it back. Cycles are fine. */
export const deepFreeze = <T>(value: T): T => {
  const open: unknown[] = [value];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (typeof one !== 'object' || one === null || Object.isFrozen(one)) continue;
    if (one instanceof Map) {
      open.push(...one.values());
      Object.assign(one, { set: refuse, delete: refuse, clear: refuse });
    } else if (one instanceof Set) Object.assign(one, { add: refuse, delete: refuse, clear: refuse });
    else open.push(...Object.values(one));
    Object.freeze(one);
  }
  return value;
};
