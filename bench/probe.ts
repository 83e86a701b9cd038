// Loaded into every measured process before anything else: answers the runner's question what the process has used so far. Started with
// `node --import`; must not import anything, so that it weighs nothing in what is measured.

/** What a process has used: microseconds of CPU in user and system mode over all its threads, and resident memory in bytes. */
export type Usage = { readonly cpu: number; readonly rss: number; readonly peak: number };

process.on('message', (message) => {
  if (message !== 'usage') return;
  const { user, system } = process.cpuUsage();
  const usage: Usage = {
    cpu: user + system,
    rss: process.memoryUsage.rss(),
    peak: process.resourceUsage().maxRSS * 1024,
  };
  process.send?.(usage);
});
// The channel alone keeps nobody alive.
process.channel?.unref();
