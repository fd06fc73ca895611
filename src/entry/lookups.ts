// How long looking up names may take: the system does it in threads of Node's, and it can neither be called off nor timed.
import type { Env } from "../lib/env.ts";

/**
 * Half of them look names up, and Node has four: two name servers that say nothing would hold up every other host. They
 * start with the first look-up, and more of them cost nothing that can be measured.
 */
const THREADS = "16";

/** Two tries of 2 s in place of glibc's two of 5 s (resolv.conf(5)); a process cannot end before its look-ups do. */
const RESOLVER = "timeout:2 attempts:2";

/** Bounds the look-ups of this process, where its environment says nothing else, and gives that as it was before. */
export function limitDnsThreads(environment: Record<string, string | undefined>): Env {
	const before = { ...environment };
	environment["UV_THREADPOOL_SIZE"] ??= THREADS;
	environment["RES_OPTIONS"] ??= RESOLVER;
	return before;
}
