// A wall clock that jumps while a process runs, with Debian's libfaketime; the monotonic clock stays true.
import { globSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { workspace } from "./runner.ts";

const [LIBRARY = ""] = globSync("/usr/lib/*/faketime/libfaketime.so.1");

/** Whether tests that need libfaketime are left out. On CI a missing package is a fault of the setup, and they fail. */
export const withoutFaketime = LIBRARY === "" && process.env["CI"] === undefined;

export interface JumpingClock {
	/** For the environment of the process, which its children inherit. */
	readonly env: Readonly<Record<string, string>>;
	/** The file that the offset is read from, for a child that turns the clock itself. */
	readonly file: string;
	/** From now on the process's wall clock is off by so many seconds. */
	readonly jump: (seconds: number) => void;
	/** What the process's wall clock shows now. */
	readonly now: () => Date;
}

/** A clock that begins right. */
export function jumpingClock(): JumpingClock {
	const file = join(workspace({ offset: "+0\n" }), "offset");
	let offset = 0;
	return {
		env: {
			LD_PRELOAD: LIBRARY,
			FAKETIME_TIMESTAMP_FILE: file,
			FAKETIME_NO_CACHE: "1",
			FAKETIME_DONT_FAKE_MONOTONIC: "1",
		},
		file,
		jump: (seconds) => {
			offset = seconds;
			// By renaming, so that it is never read half written.
			writeFileSync(`${file}.next`, `${seconds < 0 ? "" : "+"}${seconds}\n`);
			renameSync(`${file}.next`, file);
		},
		now: () => new Date(Date.now() + offset * 1000),
	};
}
