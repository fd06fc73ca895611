// `secret`: makes a secret that a hook signs with and its receiver checks with.
import { randomBytes } from "node:crypto";
import { jsonText } from "../report/json.ts";
import { defineCommand, EXIT } from "./command.ts";

/** Bytes; Standard Webhooks takes 24 to 64: https://www.standardwebhooks.com. */
const SIZE = 32;

export const registerSecret = defineCommand<{ readonly standard?: boolean }>(
	(program) =>
		program
			.command("secret")
			.summary("print a new signing secret")
			.description("Prints a new random secret of 256 bits. It is not stored: give it to the hook and to its receiver.")
			.option("--standard", "for the standard signature: whsec_ and base64")
			.option("--json", "write JSON"),
	"secret --standard",
	async ({ flags, json, terminal }) => {
		const bytes = randomBytes(SIZE);
		const secret = flags.standard === true ? `whsec_${bytes.toString("base64")}` : bytes.toString("hex");
		terminal.out(json ? jsonText({ secret }) : secret);
		return EXIT.ok;
	},
);
