"""A forecaster that LstmTorch trained, in plain PyTorch: reads the files beside it, needs nothing but torch.

    model = Forecaster("the folder of this file")
    forecasts = model(windows)    # raw values [B, context length, inputs] -> original units [B, horizon, targets]
    forecasts = model(windows, known)    # where there are covariates known in advance, [B, horizon, future covariates]

All of it are ordinary modules and parameters: it trains, moves to a GPU and is saved as any other.
"""
import json
import struct
from pathlib import Path

import torch
from torch import nn


def read_safetensors(path):
    """The tensors of a safetensors file: the length of a JSON header, the header, the numbers."""
    data = Path(path).read_bytes()
    start = 8 + struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:start])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        numbers = torch.frombuffer(bytearray(data[start + begin:start + end]), dtype=torch.float32)
        tensors[name] = numbers.reshape(entry["shape"])
    return tensors


def box_cox(x, power):
    """Box and Cox's transform of positive values: ln x for a power of 0."""
    return x.log() if power == 0 else ((power * x.log()).exp() - 1) / power


def inverse_box_cox(y, power):
    """The way back; numbers that no value is transformed to are taken as if they were at the border."""
    return y.exp() if power == 0 else ((power * y + 1).clamp(min=1e-12).log() / power).exp()


def by_column(function, values, powers):
    """Applies a function of a value and a power to the columns that have one, [..., columns]."""
    if all(power is None for power in powers):
        return values
    columns = [x if power is None else function(x, power) for x, power in zip(values.unbind(-1), powers)]
    return torch.stack(columns, dim=-1)


class PeepholeLstm(nn.Module):
    """nn.LSTM with peepholes: weights through which the gates see the cell.

    Parameters are named, shaped and ordered (i, f, g, o) as those of nn.LSTM. weight_ci, weight_cf, weight_cc and
    weight_co are the peepholes that there are: [H, H] for a matrix, [H] for one weight a unit.
    """

    def __init__(self, weights):
        super().__init__()
        self.layers = sum(name.startswith("weight_ih_l") for name in weights)
        for name, weight in weights.items():
            self.register_parameter(name, nn.Parameter(weight.clone()))

    def seen(self, gate, c, layer):
        """What a gate sees of the cell: W c."""
        weight = self._parameters.get(f"weight_c{gate}_l{layer}")
        if weight is None:
            return 0
        return weight * c if weight.dim() == 1 else c @ weight.T

    def forward(self, x):
        """All hidden states of the last layer, [B, T, D] -> [B, T, H], from a state of zeros."""
        for k in range(self.layers):
            w_ih, w_hh, b_ih, b_hh = (getattr(self, f"{name}_l{k}") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
            from_x = x @ w_ih.T + b_ih + b_hh
            h = c = x.new_zeros(x.shape[0], w_hh.shape[1])
            hidden = []
            for x_t in from_x.unbind(1):
                i, f, g, o = (x_t + h @ w_hh.T).chunk(4, dim=1)
                i = torch.sigmoid(i + self.seen("i", c, k))
                f = torch.sigmoid(f + self.seen("f", c, k))
                g = torch.tanh(g + self.seen("c", c, k))
                c = f * c + i * g
                o = torch.sigmoid(o + self.seen("o", c, k))
                h = o * torch.tanh(c)
                hidden.append(h)
            x = torch.stack(hidden, dim=1)
        return x


class Forecaster(nn.Module):
    """Raw windows [B, context length, inputs], oldest row first, to forecasts in original units [B, horizon, targets].

    A model with quantiles has them from quantiles(windows), [B, horizon, targets, quantiles]; the forecast is that of 0.5.
    """

    def __init__(self, folder):
        super().__init__()
        folder = Path(folder)
        self.config = config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        if config["members"] > 1:
            self.members = nn.ModuleList(Forecaster(folder / f"member{k}") for k in range(config["members"]))
            return
        self.lstm = PeepholeLstm(read_safetensors(folder / "lstm.safetensors"))
        head = read_safetensors(folder / "head.safetensors")
        self.head = nn.Linear(head["weight"].shape[1], head["weight"].shape[0])
        self.head.load_state_dict(head)
        self.steps = 1 if config["strategy"] == "recursive" else config["horizon"]
        self.highway = None
        if config["highway"]:
            self.highway = nn.Linear(config["context_length"], self.steps, bias=False)
            self.highway.load_state_dict(read_safetensors(folder / "highway.safetensors"))
        self.decoder = None
        if config["future_covariates"]:
            decoder, covariates = (read_safetensors(folder / f"{name}.safetensors") for name in ("decoder", "covariates"))
            self.decoder = nn.Linear(*reversed(decoder["weight"].shape))
            self.decoder.load_state_dict(decoder)
            self.covariates = nn.Linear(*reversed(covariates["weight"].shape), bias=False)
            self.covariates.load_state_dict(covariates)
        self.known_columns = [config["inputs"].index(name) for name in config["future_covariates"]]

        if config["distribution"] in ("gaussian", "student-t"):
            self.register_buffer("factors", read_safetensors(folder / "distribution.safetensors")["factors"])

        # Scales are applied in float64: the difference of two large numbers loses its digits in float32.
        for side, scalers in (("input", config["input_scalers"]), ("target", config["target_scalers"])):
            self.register_buffer(f"{side}_offset", torch.tensor([s["offset"] for s in scalers], dtype=torch.float64))
            self.register_buffer(f"{side}_scale", torch.tensor([s["scale"] for s in scalers], dtype=torch.float64))
        self.input_powers, self.target_powers = ([s.get("power") for s in config[f"{side}_scalers"]] for side in ("input", "target"))
        self.register_buffer("normalized", torch.tensor([name not in config["normalize_except"] for name in config["inputs"]]))
        self.values = self.steps * len(config["targets"])
        self.target_columns = [config["inputs"].index(name) if name in config["inputs"] else None for name in config["targets"]]

    def forward(self, windows, known=None):
        if self.config["distribution"] == "point":
            return self.outputs(windows, known).squeeze(-1)
        return self.quantiles(windows, known)[..., self.config["quantiles"].index(0.5)]

    def quantiles(self, windows, known=None):
        """The quantiles of the config, ascending, [B, horizon, targets, quantiles]."""
        if self.config["distribution"] == "point":
            raise ValueError("this model has no quantiles")
        return self.outputs(windows, known)

    def outputs(self, windows, known=None):
        """The quantiles, or one number for each step of each target, [B, horizon, targets, 1]."""
        if self.config["members"] > 1:
            return torch.stack([member.outputs(windows, known) for member in self.members]).mean(dim=0)
        rows, steps = windows.double(), []
        while len(steps) * self.steps < self.config["horizon"]:
            if steps:
                # The forecast is the window's next row, and its oldest one goes.
                order = [self.config["targets"].index(name) for name in self.config["inputs"]]
                rows = torch.cat([rows[:, 1:], steps[-1][:, :, order, 0]], dim=1)
            steps.append(self.of_network(rows, known))
        return torch.cat(steps, dim=1).float()

    def of_network(self, windows, known):
        """The steps that the network gives at once: all, or the next one."""
        values = by_column(box_cox, windows, self.input_powers)
        scaled = (values - self.input_offset) / self.input_scale
        level, spread = self.level_and_spread(scaled)
        level, spread = torch.where(self.normalized, level, 0).float(), torch.where(self.normalized, spread, 1).float()
        if self.config["normalize"] == "difference":
            before = torch.cat([scaled[:, :1], scaled[:, :-1]], dim=1)
            rows = scaled.float() - torch.where(self.normalized, before, 0).float()
        else:
            rows = (scaled.float() - level) / spread

        # Rows enter the layers in patches of some at a time.
        patches = rows.reshape(rows.shape[0], rows.shape[1] // self.config["patch_length"], -1)
        hidden = self.lstm(patches)[:, -1]
        forecast = self.head(hidden)
        if self.decoder is not None:
            u = ((known.double() - self.input_offset[self.known_columns]) / self.input_scale[self.known_columns]).float()
            z = torch.tanh(self.decoder(torch.cat([hidden.unsqueeze(1).expand(-1, u.shape[1], -1), u], dim=2)))
            forecast = forecast + self.covariates(torch.cat([z, u], dim=2)).flatten(1)
        forecast = forecast.reshape(-1, self.steps, len(self.target_columns), forecast.shape[-1] // self.values)
        if self.highway is not None:
            past = rows[:, :, self.target_columns]
            past = self.highway(past.transpose(1, 2)).transpose(1, 2)[..., None]
        else:
            past = 0
        if self.config["distribution"] in ("gaussian", "student-t"):
            scale = nn.functional.softplus(forecast[..., 1:]) + 1e-4
            forecast = forecast[..., :1] + past + scale * self.factors
        else:
            forecast = (forecast + past).sort(dim=-1).values
        if self.config["normalize"] == "difference":
            forecast = forecast.cumsum(dim=1)
        if self.config["normalize"] != "none":
            forecast = forecast * spread[:, :, self.target_columns, None] + level[:, :, self.target_columns, None]
        values = forecast.double().transpose(-1, -2) * self.target_scale + self.target_offset
        return by_column(inverse_box_cox, values, self.target_powers).transpose(-1, -2)

    def level_and_spread(self, scaled):
        """What is taken from each window and given back to its forecast, [B, 1, inputs] each."""
        kind, zero = self.config["normalize"], torch.zeros_like(scaled[:, -1:])
        if kind == "none":
            return zero, zero + 1
        if kind in ("last", "difference"):
            return scaled[:, -1:], zero + 1
        mean = scaled.mean(dim=1, keepdim=True)
        if kind == "mean":
            return mean, zero + 1
        return mean, (scaled.var(dim=1, keepdim=True, unbiased=False) + 1e-5).sqrt()
