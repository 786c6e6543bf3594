import * as esbuild from "esbuild"; import {join} from "node:path";
const root="/work/main"; const r=await esbuild.build({entryPoints:[join(root,"src/commands/verify/rls.command.ts"),join(root,"src/cli/bin.ts"),join(root,"src/cli/run-command.ts")],outdir:"/tmp/metaout",bundle:true,splitting:true,format:"esm",platform:"node",target:"node20.19",logLevel:"error",external:["esbuild","pg-native","@google-cloud/run","google-auth-library","libpg-query","oxc-parser"],loader:{".sql":"text"},define:{BEE_VERSION:'"x"'},metafile:true,write:false});
const g=r.metafile.inputs;
const from=process.argv[2]; const to=new RegExp(process.argv[3]);
const q=[[from]];const seen=new Set([from]);
while(q.length){const p=q.shift();const l=p.at(-1);if(to.test(l)){console.log(p.join("\n -> "));break;}
 for(const i of g[l]?.imports??[]){ if(i.kind==="dynamic-import"||seen.has(i.path))continue; seen.add(i.path); q.push([...p,i.path]); }}
