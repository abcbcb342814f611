"""Fitting parameters to observed or stylised targets, by point estimates (Optuna) or a posterior (ABC-SMC)."""

from coopsim.calibration.calibrate import calibrate
from coopsim.calibration.outcome import Calibration
from coopsim.calibration.plan import CalibrationPlan
from coopsim.calibration.targets import read_targets, targets_from

__all__ = ["Calibration", "CalibrationPlan", "calibrate", "read_targets", "targets_from"]
