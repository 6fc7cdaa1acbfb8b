"""Runs notebooks in the real kernel with nbclient and writes what it answered.

Standard input:  {"kernel": name, "notebooks": [{"name", "cells": [[name, source], …]}, …]}
Standard output: {"versions": {…}, "notebooks": [{"name", "cells": [{"name", "source", "status", "stdout",
                 "stderr", "displays": [{mime: data}, …]}, …]}, …]}
The kernel's working directory is this process's.
"""

import asyncio
import json
import os
import sys
from queue import Empty

import nbclient
import nbformat
from nbclient import NotebookClient

# tslab refuses every request for 200 ms after an error, silently.
AFTER_ERROR_S = 0.35
# What a cell causes just after its end (a rejection that nobody waited for) still counts as its output.
# Shorter than the timers in the cells by far, so that these fire in the cell that waits for them.
AFTER_CELL_S = 0.05


class Recorder(NotebookClient):
    """Keeps each cell's status, and the output that arrives after its end, which nbclient drops."""

    async def keep_late_output(self, cell, cell_index, execute_reply, **_):
        content = execute_reply["content"]
        cell.metadata["status"] = content["status"]
        failed = content["status"] != "ok"
        end = asyncio.get_running_loop().time() + (AFTER_ERROR_S if failed else AFTER_CELL_S)
        while (left := end - asyncio.get_running_loop().time()) > 0:
            try:
                message = await self.kc.iopub_channel.get_msg(timeout=left)
            except Empty:
                return
            if message["msg_type"] not in ("status", "execute_input"):
                self.process_message(message, cell, cell_index)


def answer(name, cell):
    streams = {"stdout": "", "stderr": ""}
    displays = []
    for output in cell.outputs:
        if output.output_type == "stream":
            streams[output.name] += output.text
        elif output.output_type == "display_data":
            displays.append(dict(output.data))
        else:
            raise SystemExit(f"{name}: unexpected output {output.output_type}")
    return {
        "name": name,
        "source": cell.source,
        "status": cell.metadata["status"],
        **streams,
        "displays": displays,
    }


def record(kernel, notebook):
    cells = [nbformat.v4.new_code_cell(source) for _, source in notebook["cells"]]
    client = Recorder(
        nbformat.v4.new_notebook(cells=cells),
        kernel_name=kernel,
        allow_errors=True,
        timeout=120,
        iopub_timeout=30,
        resources={"metadata": {"path": os.getcwd()}},
    )
    client.on_cell_executed = client.keep_late_output
    client.execute()
    names = [name for name, _ in notebook["cells"]]
    return {"name": notebook["name"], "cells": [answer(n, c) for n, c in zip(names, cells)]}


def main():
    request = json.load(sys.stdin)
    notebooks = [record(request["kernel"], notebook) for notebook in request["notebooks"]]
    json.dump({"versions": {"nbclient": nbclient.__version__}, "notebooks": notebooks}, sys.stdout)


main()
