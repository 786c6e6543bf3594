import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";

/** Users' tokens are not laid where anybody may read them. */
export function publicBucket(bucket: string): BeeError {
  return new BeeError({
    code: "BEE-E776",
    message: `Anybody may read the bucket ${bucket}`,
    detail: "The synthetic users' tokens were not laid there, and nothing was sent.",
    hint: `gcloud storage buckets update gs://${bucket} --public-access-prevention`,
    exit: exitCodes.refused,
  });
}
