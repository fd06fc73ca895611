// `secret`: makes a secret that a hook signs with and its receiver checks with.
import { randomBytes } from "node:crypto";
import { jsonText } from "../report/json.ts";
import { EXIT, type Register } from "./command.ts";

/** Bytes; Standard Webhooks takes 24 to 64: https://www.standardwebhooks.com. */
const SIZE = 32;

/** Prints a new secret. */
export const registerSecret: Register = (program, terminal, done) => {
	program
		.command("secret")
		.summary("print a new secret to sign webhooks with")
		.description("Prints a new random secret of 256 bits. It is not stored: give it to the hook and to its receiver.")
		.option("--standard", "as the standard signature takes it: whsec_ and base64")
		.option("--json", "write JSON")
		.addHelpText("after", "\nExample:\n  $ pipeline-hooks secret --standard\n")
		.action(({ standard, json }: { readonly standard?: boolean; readonly json?: boolean }) => {
			const bytes = randomBytes(SIZE);
			const secret = standard === true ? `whsec_${bytes.toString("base64")}` : bytes.toString("hex");
			terminal.out(json === true ? jsonText({ secret }) : secret);
			done(EXIT.ok);
		});
};
