// The APIs that an organisation has only when an administrator has switched them on for it: those that retire, and that nobody new should begin with. Used by
// the admin API, which switches, and by whoever puts the APIs together.

/** Their catalogue ids. */
export const switchedApis: readonly string[] = ['fsws-bas-soap'];
