import { expect, it } from "vitest";
import { scramVerifier } from "./scram.ts";

it("makes the verifier of RFC 7677 §3", () => {
  // User "user", password "pencil", salt and iteration count of the RFC's example exchange.
  expect(scramVerifier("pencil", Buffer.from("W22ZaJ0SNY7soEsUEjb6gQ==", "base64"))).toBe(
    "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
  );
});
