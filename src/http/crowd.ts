// How many requests of each application are under way, so that one of them cannot take the places of all others. Used by the pipeline. Counts
// requests and not connections: behind a proxy all connections come from one address, and one connection may carry many requests.

export type Crowd = {
  /** False when the application has as many under way as it may; else it has one more, until `leave`. */
  readonly enter: (client: string) => boolean;
  readonly leave: (client: string) => void;
};

/** Holds an entry for every application that has something under way, and for no other. */
export const createCrowd = (most: number): Crowd => {
  const underWay = new Map<string, number>();
  return {
    enter: (client) => {
      const count = underWay.get(client) ?? 0;
      if (count >= most) return false;
      underWay.set(client, count + 1);
      return true;
    },
    leave: (client) => {
      const count = underWay.get(client) ?? 0;
      if (count > 1) underWay.set(client, count - 1);
      else underWay.delete(client);
    },
  };
};
