"""Our model on Mesa's own page: ``solara run tests/dashboard/mesa_page.py``."""

from mesa.visualization import Slider, SolaraViz, make_plot_component

from coopsim import CoopModel

page = SolaraViz(
    CoopModel("classroom", rng=1),
    components=[make_plot_component(["density", "trust"])],
    # With Reset, Mesa makes the model anew from these.
    model_params={"config": "classroom", "rng": Slider("Seed", 1, 1, 99, 1)},
    name="coopsim on Mesa's page",
)
