// A place that exports may be brought to as the operator's file names it. Read by config, used by the ways that lead there; here, since neither may know the
// other.

type Named = {
  readonly name: string;
  /** The one that may use it; nobody else learns that it exists. */
  readonly organisation: string;
};
type FolderSpec = Named & { readonly kind: 'folder'; readonly path: string };
type HttpsSpec = Named & {
  readonly kind: 'https';
  /** Ends in `/` when the name of the file is to be added. */
  readonly url: string;
  readonly user: string | null;
  readonly passwordFile: string | null;
  readonly tokenFile: string | null;
  /** Certificates that are trusted instead of those of the runtime. */
  readonly caFile: string | null;
};
type SftpSpec = Named & {
  readonly kind: 'sftp';
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly passwordFile: string | null;
  readonly keyFile: string | null;
  /** `SHA256:` and base64, as `ssh-keygen -l` shows it: no other server gets the file. */
  readonly hostKey: string;
  /** Folder on the server. */
  readonly path: string;
};
/** One for each organisation that may use it. */
export type TargetSpec = FolderSpec | HttpsSpec | SftpSpec;
