/** How the project's public URL is reached. */
export interface WireAddress {
  readonly url: string;
  /** What is sent there never leaves the machine. */
  readonly isLoopback: boolean;
}

export interface TlsReport {
  /** Such as `TLSv1.3`. */
  readonly protocol: string;
  /** Null when the certificate is valid for the host, else why not. */
  readonly untrusted: string | null;
  /** ISO 8601. */
  readonly validTo: string;
  /** The newest protocol below TLS 1.2 that the server still takes; null when it takes none. */
  readonly oldProtocol: string | null;
}

export interface PlainReport {
  /** Null when nothing listens without TLS. */
  readonly status: number | null;
  readonly location: string | null;
}

/** The public URL below HTTP: certificates, protocols, and what answers without TLS. */
export interface Wire {
  readonly address: WireAddress;
  readTls(): Promise<TlsReport>;
  /** What http:// on the same host answers. */
  readPlain(): Promise<PlainReport>;
  /** Strict-Transport-Security of an answer over TLS; null when there is none (RFC 6797). */
  readHsts(): Promise<string | null>;
}
