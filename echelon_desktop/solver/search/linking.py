"""
Compiling kernels that only other kernels call without making machine code of each.

numba optimises every function together with all that it calls, and makes machine code of it, as if somebody
might call it from Python. Of kernels below an entry only their code in LLVM's own language is needed: the
entry links and optimises all of it once. That is half of the time.
"""

from typing import Any


def part_compiler() -> Any:
    """
    A numba compiler for kernels that are called by kernels alone; None if this numba has other insides.

    To be passed to ``numba.njit`` as ``pipeline_class``.
    """
    try:
        return _part_compiler()
    except (ImportError, AttributeError):
        return None


def _part_compiler() -> Any:
    from numba.core.codegen import JITCodeLibrary
    from numba.core.compiler import CompilerBase, DefaultPassBuilder
    from numba.core.compiler_machinery import register_pass
    from numba.core.typed_passes import NativeLowering

    class Codegen:
        """A codegen whose functions have no environment to be set: none of them is loaded."""

        def __init__(self, codegen: Any) -> None:
            self._codegen = codegen

        def __getattr__(self, name: str) -> Any:
            return getattr(self._codegen, name)

        def set_env(self, env_name: str, env: Any) -> None:
            pass

    class Part(JITCodeLibrary):
        """Code of a kernel and of all that it calls, linked and not yet optimised."""

        @property
        def codegen(self) -> Any:
            return Codegen(self._codegen)

        def finalize(self) -> None:
            for library in dict.fromkeys(self._linking_libraries):
                self._reload_init.update(library._reload_init)
                self._final_module.link_in(library._get_module_for_linking(), preserve=True)
            self._finalize_dynamic_globals()  # type: ignore[no-untyped-call]
            self._finalized = True

        def get_pointer_to_function(self, name: str) -> int:
            self._ensure_finalized()  # type: ignore[no-untyped-call]
            return 0

    @register_pass(mutates_CFG=True, analysis_only=False)  # type: ignore[no-untyped-call]
    class PartLowering(NativeLowering):
        _name = "part_lowering"

        def run_pass(self, state: Any) -> bool:
            library: Any = Part
            state.library = library(state.targetctx.codegen(), state.func_id.func_qualname)
            return bool(super().run_pass(state))  # type: ignore[no-untyped-call]

    class PartCompiler(CompilerBase):
        def define_pipelines(self) -> list[Any]:
            builder: Any = DefaultPassBuilder
            pipeline = builder.define_nopython_pipeline(self.state)
            steps = [(PartLowering if step is NativeLowering else step, why) for step, why in pipeline.passes]
            pipeline.passes[:] = steps
            pipeline.finalize()
            return [pipeline]

    return PartCompiler
