import { existsSync } from "node:fs";

/** How to get Jupyter on this machine, one line each; the first is what fits best. */
export function howToGetJupyter(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const pip = "with pip, into this folder:  python3 -m venv .venv && .venv/bin/pip install jupyterlab";
  const conda = "with conda:                  conda install -c conda-forge jupyterlab";
  const apt = `with apt:                    ${aptLine()}`;
  const others = existsSync("/usr/bin/apt-get") ? [apt] : [];
  return env.CONDA_PREFIX ? [conda, pip, ...others] : [pip, conda, ...others];
}

// Debian's Python comes without venv; the page that apt has is the older one, which works as well.
function aptLine(): string {
  return "sudo apt install jupyter-notebook   (and python3-venv for the line with pip)";
}
