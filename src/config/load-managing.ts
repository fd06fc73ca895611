// Loads the bundle of what few configs need.
import { UserError } from "../model/problem.ts";
import { loadBundle } from "../net/bundle.ts";
import type * as bundled from "./managing.ts";

export type Managing = typeof bundled;

export async function loadManaging(): Promise<Managing> {
	try {
		return await loadBundle<Managing>("managing");
	} catch {
		const message = `Node ${process.version} cannot load dist/managing, which reads people and what is muted`;
		throw new UserError({
			code: "config_unreadable",
			message,
			remedy: "install all of the release, as the README says",
		});
	}
}
