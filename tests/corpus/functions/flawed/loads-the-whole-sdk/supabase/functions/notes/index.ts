import AWS from "npm:aws-sdk@2.1692.0";
import _ from "npm:lodash@4.17.21";

Deno.serve(() => Response.json({ s3: new AWS.S3() !== null, ids: _.uniq([1, 1]) }));
